"""Runs `electrolith` as a user does, and measures the time and the memory of all its processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forked_commands import Process, has_imported_all
from forked_commands import words as command_of

INTERVAL = 0.1  # s between two measurements
SMALL_CELLS = ["--max-atoms", "4"]  # options of quick runs
SPENT = 3  # exit code of a run with fewer crystals than requested


@dataclass(frozen=True)
class Cost:
    """Cost of a command.

    symbol      meaning                                                          unit
    seconds     wall time                                                        s
    peak_bytes  largest memory of all its processes together, PSS                bytes
    first_rows  time at which its table had the requested rows; None if never    s
    """

    seconds: float
    peak_bytes: int
    exit_code: int
    first_rows: float | None


def generate(out: Path, options: Sequence[str], rows: int = 10) -> Cost:
    """Cost of ``electrolith generate --out OUT …``; raises ``RuntimeError`` with the end of its log when it fails."""
    return run(
        ["generate", "--out", str(out), "--overwrite", *options], out.with_suffix(".log"), out / "crystals.csv", rows
    )


def run(words: Sequence[str], log: Path, table: Path, rows: int = 10) -> Cost:
    """Cost of ``electrolith WORDS``, and the time at which ``table`` has ``rows`` rows. Raises ``RuntimeError``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    start, peak, first = time.perf_counter(), 0, None
    process = _started(words, log)
    while (code := process.poll()) is None:
        peak = max(peak, _memory(process.pid))
        if first is None and count_rows(table) >= rows:
            first = time.perf_counter() - start
        time.sleep(INTERVAL)
    if code not in (0, SPENT):
        raise RuntimeError(f"electrolith {' '.join(words)} ended with {code}:\n{log.read_text()[-2000:]}")
    return Cost(time.perf_counter() - start, peak, code, first)


def _started(words: Sequence[str], log: Path) -> Process | subprocess.Popen[bytes]:
    """The command in a new process; in a forked one where this process has imported everything, as small runs do."""
    if has_imported_all():
        return Process.of(command_of(*words), log)
    with log.open("w") as stream:
        command = [str(Path(sys.executable).with_name("electrolith")), *words]
        return subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)


def count_rows(table: Path) -> int:
    """Number of rows of a table; 0 if it does not exist yet."""
    try:
        return max(0, table.read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def _memory(pid: int) -> int:
    """Proportional set size of a process and its children, bytes; shared pages count once."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            total += next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, StopIteration, ValueError):
            continue
    return total
