"""Runs `electrolith` as a person would, and watches the clock and the memory of all its processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.1  # s between looks
SPENT = 3  # exit code of a run that kept fewer crystals than asked for


@dataclass(frozen=True)
class Watched:
    """What a command cost: wall time (s), the largest memory of all its processes together (bytes, PSS), its exit code.

    ``first_rows`` is the time (s) at which the table watched had so many rows, or None.
    """

    seconds: float
    peak_bytes: int
    exit_code: int
    first_rows: float | None


def generate(out: Path, options: Sequence[str], rows: int = 10) -> Watched:
    """``electrolith generate --out OUT …``; raises ``RuntimeError`` with its last words when it fails."""
    return watch(
        ["generate", "--out", str(out), "--overwrite", *options], out.with_suffix(".log"), out / "crystals.csv", rows
    )


def watch(words: Sequence[str], log: Path, table: Path, rows: int = 10) -> Watched:
    """``electrolith WORDS``; ``table`` is watched until it has so many ``rows``. Raises ``RuntimeError``."""
    command = [str(Path(sys.executable).with_name("electrolith")), *words]
    log.parent.mkdir(parents=True, exist_ok=True)
    start, peak, first = time.perf_counter(), 0, None
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            if first is None and count_rows(table) >= rows:
                first = time.perf_counter() - start
            time.sleep(INTERVAL)
    if process.returncode not in (0, SPENT):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    return Watched(time.perf_counter() - start, peak, process.returncode, first)


def count_rows(table: Path) -> int:
    """Rows of a table that may not be there yet."""
    try:
        return max(0, table.read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def _memory(pid: int) -> int:
    """Proportional set size of a process and its children, bytes: pages shared by several count once."""
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
