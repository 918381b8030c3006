"""A screening on the terminal: a progress bar, then the funnel and the best crystals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.table import Table

from ..gen.stored_records import reading_back
from ..io.csv_rows import ANSWERS, csv_rows
from ..io.folder_listing import existing, remarks_on
from ..io.plain_console import PlainConsole, shown
from ..io.progress_bar import progress_bar
from ..io.progress_lines import ProgressLines
from ..io.yaml_files import read_yaml
from .screen_folder import CIFS, RECORD, REPORT, TABLE
from .screening_run import ScreeningProgress

SHOWN = 10  # survivors in the table


class ScreeningBar:
    """A progress bar on stderr, or a line now and then if stderr is not a terminal."""

    def __init__(self) -> None:
        self.progress = progress_bar("{task.fields[survivors]} passed all checks")
        self.task = self.progress.add_task("", total=None, survivors=0)
        self.lines = ProgressLines()

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def __call__(self, progress: ScreeningProgress) -> None:
        """Shows the progress of a screening."""
        self.progress.update(self.task, total=progress.total, completed=progress.done, survivors=progress.survivors)
        self.lines(progress.done, progress.total, f"{progress.survivors:,} passed all checks")


def show_screening(path: Path) -> None:
    """Prints the funnel of a finished screening, its best crystals, and the paths of the results."""
    record = read_yaml(path / RECORD)
    with reading_back(path / TABLE):
        survivors = [row for row in csv_rows(path / TABLE) if row["rank"]] if (path / TABLE).exists() else []
        best = [_best(survivors[:SHOWN])] if survivors else []
    with reading_back(path / RECORD):
        notes = [f"{note}." for note in record.get("reading", ())]
        found = [_funnel(record["checks"]), *best, outcome(record, survivors), *notes]
    terminal = PlainConsole()
    for one in found:
        terminal.print(one)
    terminal.print(existing(path, TABLE, CIFS, REPORT))
    for remark in remarks_on(path, CIFS):
        terminal.print(remark)


def outcome(record: Mapping[str, Any], survivors: Sequence[Mapping[str, str]]) -> str:
    """The counts of survivors, of readable crystals, and of what is not known, in a line.

    ``record`` is the content of ``screen.yaml``, ``survivors`` are rows of ``candidates.csv``.
    """
    reading, *steps = record["checks"]
    unreadable, found = reading["failed"], record["survivors"]
    parts = [f"{found:,} of {record['crystals'] - unreadable:,} crystals passed all checks"]
    near = sum(bool(row.get("near_misses")) for row in survivors)
    if near:
        parts[0] += f", {near:,} of them with near misses"
    doubtful = sum(any(row.get(step["check"]) == ANSWERS[None] for step in steps) for row in survivors)
    if doubtful:
        parts[0] += f"{',' if not near else ' and'} {doubtful:,} {'of them ' if not near else ''}with unknown verdicts"
    if unreadable:
        parts.append(f"{unreadable:,} {'entry' if unreadable == 1 else 'entries'} could not be read")
    return f"{'; '.join(parts)}."


def _funnel(checks: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check")
    for heading in ("came", "failed", "near misses", "unknown", "stopped as unknown", "time"):
        table.add_column(heading, justify="right")
    for row in checks:
        counts = [row.get(name, 0) for name in ("came", "failed", "near_misses", "unknown", "stopped_as_unknown")]
        words = [f"{count:,}" for count in counts]
        table.add_row(shown(str(row["check"])), *words, f"{row['seconds']:.1f} s")
    return table


def _best(rows: Sequence[Mapping[str, str]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("rank", "id", "formula", "space group", "atoms", "score"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(shown(row[name]) for name in ("rank", "id", "formula", "space_group", "atoms", "score")))
    return table
