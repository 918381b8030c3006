"""Failures as a message and an exit code: 2 for a usage error, 1 for an internal error; tracebacks with ``--debug``."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn, ParamSpec

import typer

from ..gen.errors import ElectrolithError
from ..gen.plain_text import plain
from ..io.disk_faults import disk_fault

Options = ParamSpec("Options")
DEBUG = "ELECTROLITH_DEBUG"  # environment variable that ``--debug`` sets
INTERRUPTED, TERMINATED = 130, 143  # exit codes of shells for Ctrl-C and for TERM
BROKEN_PIPE = 141  # exit code of shells when the reader of the output has ended, such as ``head``

_printed = 0  # messages so far


class Terminated(KeyboardInterrupt):
    """The system asked the process to end: a run stops as with Ctrl-C."""


def stop_when_told() -> None:
    """Lets TERM, and the end of the terminal, stop a command as Ctrl-C does. Called once, in the main thread."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, _terminate)


def _terminate(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: the second must not interrupt the end
    raise Terminated


def reports_errors(command: Callable[Options, None]) -> Callable[Options, None]:
    """Wraps a command so that a failure prints one or two lines on stderr."""

    @functools.wraps(command)
    def wrapped(*args: Options.args, **kwargs: Options.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt as stop:
            said = [note for note in getattr(stop, "__notes__", ()) if note]
            print_error("; ".join(["stopped", *said[:1]]) if said else "stopped.")
            raise typer.Exit(TERMINATED if isinstance(stop, Terminated) else INTERRUPTED) from None
        except ElectrolithError as error:
            _stop(error, plain(str(error)), error.exit_code)
        except MemoryError as error:
            _stop(error, "out of memory: use fewer --workers or a smaller --batch-size.", 1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python writes the rest of the output at its end
            raise typer.Exit(BROKEN_PIPE) from None
        except Exception as error:  # noqa: BLE001  every failure gets a message
            if (fault := disk_fault(error)) is not None:
                _stop(error, f"{fault}.", 1)
            first = (str(error).splitlines() or [""])[0]
            _stop(
                error, f"{type(error).__name__}: {plain(first)}\nThis is a bug in electrolith; --debug shows where.", 1
            )

    return wrapped


def _stop(error: Exception, message: str, code: int) -> NoReturn:
    if os.environ.get(DEBUG):
        raise error
    print_error(message)
    raise typer.Exit(code) from None


def print_error(message: str) -> None:
    """Prints a message on stderr."""
    global _printed  # noqa: PLW0603  one command in a process
    _printed += 1
    print(f"electrolith: {message}", file=sys.stderr)


def errors_printed() -> int:
    """Number of messages so far."""
    return _printed
