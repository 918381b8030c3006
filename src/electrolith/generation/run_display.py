"""Display of a run in the terminal: a progress bar, and a table at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Self

from rich.table import Table

from ..conditioners.property_target import PropertyTarget
from ..gen.stored_records import reading_back
from ..io.csv_rows import ANSWERS, csv_rows
from ..io.folder_listing import existing, remarks_on
from ..io.plain_console import PlainConsole, shown
from ..io.progress_bar import progress_bar
from ..io.progress_lines import ProgressLines
from .crystal_table import HEIGHT, RELAXED_BY
from .run_files import CIFS, CRYSTALS, EXTXYZ_NAME, REJECTED, ZIP_NAME
from .run_progress import RunProgress
from .target_display import ShownTarget, shown_targets, summary_of_targets

ROWS = 20  # crystals in the table
MARKS = {"yes": ("yes", "green"), "no": ("no", "red"), "unknown": ("?", "dim")}  # text and style
COLUMNS = {  # heading: column of crystals.csv
    "charge": "charge", "symmetry": "symmetry", "fragments": "fragments", "unique": "unique", "new": "novel",
}  # fmt: skip


class Bar:
    """A progress bar on stderr, or a line now and then if stderr is not a terminal."""

    def __init__(self) -> None:
        self.progress = progress_bar("{task.fields[rejected]} candidates rejected")
        self.task = self.progress.add_task("", total=None, rejected=0)
        self.lines = ProgressLines()

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def __call__(self, progress: RunProgress) -> None:
        """Moves the bar to the progress of a run."""
        done = progress.generated if progress.keep else progress.generated + progress.exhausted
        self.progress.update(self.task, total=progress.requested, completed=done, rejected=progress.rejected)
        self.lines(done, progress.requested, f"{progress.rejected:,} candidates rejected")


def show(path: Path, progress: RunProgress, property_targets: Sequence[PropertyTarget] = ()) -> None:
    """Prints the first crystals of a folder, a summary, and the files."""
    console = PlainConsole()
    with reading_back(path / CRYSTALS):
        rows = list(csv_rows(path / CRYSTALS)) if (path / CRYSTALS).exists() else []
        targets = shown_targets(rows, property_targets)
        found = [_table(rows[:ROWS], targets), *_summary(path, progress, rows, targets)]
    for one in found:
        console.print(one)
    if progress.missing > 0:
        PlainConsole(stderr=True).print(_missing(progress))


def _summary(
    path: Path, progress: RunProgress, rows: list[dict[str, str]], targets: list[ShownTarget]
) -> Iterator[str]:
    if len(rows) > ROWS:
        yield f"… and {len(rows) - ROWS:,} more in {path / CRYSTALS}"
    shares = [f"{heading} {share_of_yes(rows, column)}" for heading, column in COLUMNS.items()] if rows else []
    yield f"{progress.generated:,} of {progress.requested:,} crystals generated. {', '.join(shares)}"
    if targets:
        yield summary_of_targets(rows, targets)
    if rows and RELAXED_BY in rows[0]:
        yield summary_of_relaxation(rows)
    yield existing(path, CIFS, CRYSTALS, EXTXYZ_NAME, ZIP_NAME)
    yield from remarks_on(path, CIFS)
    if progress.keep:
        share = _percent(progress.share, digits=1)
        yield f"{share} of {progress.candidates:,} candidates were kept; the others: {path / REJECTED}"
    elif progress.rejected:
        yield f"Rejected candidates, each replaced by another: {progress.rejected:,} ({path / REJECTED})"
    if progress.internal_errors:
        yield f"Internal errors in the checks: {progress.internal_errors:,}; --debug shows the tracebacks."


def _missing(progress: RunProgress) -> str:
    limit = "candidates" if progress.keep else "attempts"
    why = "no candidates are left" if progress.keep else "all attempts failed"
    return (
        f"electrolith: {progress.missing:,} crystals are missing, because {why}: widen the targets, or raise "
        f"--max-{limit}."
    )


def summary_of_relaxation(rows: Sequence[Mapping[str, str]]) -> str:
    """One sentence: displacement and energy above the hull of relaxed crystals."""
    moved = median(float(row[RELAXED_BY]) for row in rows)
    heights = [float(row[HEIGHT]) for row in rows if row[HEIGHT]]
    energy = f"; median energy above hull {median(heights):.3f} eV/atom" if heights else ""
    return f"Relaxed with {rows[0]['relaxed_with']}: median displacement {moved:.2f} Å{energy}"


def _table(rows: list[dict[str, str]], targets: list[ShownTarget]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "formula", "space group"):
        table.add_column(heading, no_wrap=True)
    for heading in ("atoms", "g/cm³"):
        table.add_column(heading, justify="right")
    for target in targets:
        table.add_column(target.heading, no_wrap=True)
    verdicts = {} if targets else COLUMNS  # there is no room for both; the summary has the shares
    for heading in verdicts:
        table.add_column(heading)
    for row in rows:
        group = f"{row['symbol']} ({row['space_group_asked']})"
        cells = [target.cell(row) for target in targets] + [shown(*MARKS[row[column]]) for column in verdicts.values()]
        table.add_row(row["id"], row["formula"], group, row["atoms"], row["density_g_cm3"], *cells)
    return table


def share_of_yes(rows: Sequence[Mapping[str, str]], column: str) -> str:
    """Share of the verdict yes among the known verdicts, e.g. ``97 % (of 30 known)``; or ``unknown``."""
    known = [row[column] for row in rows if row[column] in (ANSWERS[True], ANSWERS[False])]
    if not known:
        return ANSWERS[None]
    share = _percent(sum(answer == ANSWERS[True] for answer in known) / len(known))
    return share if len(known) == len(rows) else f"{share} (of {len(known):,} known)"


def _percent(share: float, digits: int = 0) -> str:
    return f"{share:.{digits}%}".replace("%", " %")
