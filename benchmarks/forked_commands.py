"""Commands of `electrolith` in processes forked from this one, which has imported everything: they start at once."""

from __future__ import annotations

import os
import signal
import sys
import time
import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import typer

Command = Callable[[], object]
LONGEST = 900.0  # s for one command
_imported: list[bool] = []  # not empty once everything is imported


def words(*given: object) -> Command:
    """The command line ``electrolith GIVEN``."""

    def run() -> None:
        from electrolith.cli.app import main

        sys.modules["__main__"] = types.ModuleType("__main__")  # spawned workers need not import this script
        sys.argv = ["electrolith", *map(str, given)]
        main()

    return run


def function(call: Command) -> Command:
    """A Python function with the error messages of the command line."""

    def run() -> None:
        from electrolith.cli.error_reports import reports_errors, stop_when_told

        stop_when_told()
        reports_errors(lambda: call() and None)()

    return run


def import_all() -> None:
    """Imports what the commands import, with one thread for each library."""
    from electrolith import evaluation, screen  # noqa: F401  what the commands need
    from electrolith.generation import generate_on_terminal  # noqa: F401
    from electrolith.io import dataset_file  # noqa: F401
    from electrolith.prediction import finetune_display, prediction_table, train_folder  # noqa: F401
    from electrolith.screening import terminal  # noqa: F401
    from electrolith.validators.relaxation import relax  # noqa: F401

    _imported.append(True)


def has_imported_all() -> bool:
    """Whether ``import_all`` was called, so that a command may be forked from this process."""
    return bool(_imported)


@dataclass
class Process:
    """A forked command, the head of its own session."""

    pid: int
    log: Path
    start: float
    code: int | None = None

    @classmethod
    def of(cls, command: Command, log: Path) -> Process:
        """Starts a command; its output goes to ``log``."""
        sys.stdout.flush()
        sys.stderr.flush()
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore it
            _redirect(log)
            os._exit(_code_of(command))
        return cls(pid, log, start)

    def wait(self, seconds: float = LONGEST) -> int | None:
        """Exit code, negative for a signal; None if the process still runs after ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.code is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                return None
            else:
                time.sleep(0.005)
        return self.code

    def poll(self) -> int | None:
        """Exit code; None if the process still runs."""
        return self.wait(0)

    def send(self, number: int) -> None:
        """Sends a signal to the process alone, not to its children."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def others(self) -> list[int]:
        """Running processes of its session besides itself."""
        return [pid for pid in _session(self.pid) if pid != self.pid]

    def end(self) -> None:
        """Kills the session."""
        for pid in _session(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.code is None:
            self.wait()

    @property
    def output(self) -> str:
        """What it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def run(command: Command, log: Path) -> Process:
    """A command that has ended."""
    process = Process.of(command, log)
    if process.wait() is None:
        process.end()
    return process


def complaints(process: Process) -> list[str]:
    """The lines that a command printed as errors."""
    return [line for line in process.output.splitlines() if line.startswith("electrolith: ") or "Traceback" in line]


def _code_of(command: Command) -> int:
    code = 0
    try:
        command()
    except typer.Exit as stop:
        code = stop.exit_code
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001  a command that lets one through is what is looked for
        import traceback

        traceback.print_exc()
        code = 99
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _redirect(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for standard in (1, 2):
        os.dup2(descriptor, standard)


def _session(session: int) -> Sequence[int]:
    """Running processes of a session, without those that have ended and wait for their parent."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(state[3]) == session and state[0] not in "ZX":
                    found.append(int(entry.name))
    return found
