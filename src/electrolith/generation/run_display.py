"""What a person sees of a run: a bar while it goes on, a table at its end."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from ..conditioners.property_target import PropertyTarget
from ..io.progress_bar import progress_bar
from .crystal_table import HEIGHT, RELAXED_BY
from .exports import EXTXYZ_NAME, ZIP_NAME
from .generation_run import RunProgress
from .run_folder import CIFS, CRYSTALS, REJECTED
from .target_display import ShownTarget, foreseen, shown_targets

SHOWN = 20  # crystals in the table
MARKS = {"yes": "[green]yes[/]", "no": "[red]no[/]", "unknown": "[dim]?[/]"}
COLUMNS = {  # heading: column of crystals.csv
    "charge": "charge", "symmetry": "symmetry", "fragments": "fragments", "unique": "unique", "new": "novel",
}  # fmt: skip


class Bar:
    """A progress bar on stderr; silent where stderr is not a terminal."""

    def __init__(self) -> None:
        self.progress = progress_bar("{task.fields[replaced]} candidates replaced")
        self.task = self.progress.add_task("", total=None, replaced=0)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def __call__(self, outcome: RunProgress) -> None:
        """Moves the bar to where a run is."""
        done = outcome.made if outcome.keep else outcome.made + outcome.spent
        self.progress.update(self.task, total=outcome.asked, completed=done, replaced=outcome.rejected)


def show(path: Path, outcome: RunProgress, property_targets: Sequence[PropertyTarget] = ()) -> None:
    """Prints the first crystals of a folder, how many there are, and where."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    with (path / CRYSTALS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    targets = shown_targets(rows, property_targets)
    console.print(_table(rows[:SHOWN], targets))
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN:,} more in {path / CRYSTALS}")
    shares = [f"{heading} {_share(rows, column)}" for heading, column in COLUMNS.items()] if rows else []
    console.print(f"{outcome.made:,} of {outcome.asked:,} crystals made. {', '.join(shares)}", highlight=False)
    if targets:
        console.print(foreseen(rows, targets), highlight=False)
    if rows and RELAXED_BY in rows[0]:
        console.print(relaxed(rows), highlight=False)
    console.print(f"{path / CIFS}/  {path / CRYSTALS}  {path / EXTXYZ_NAME}  {path / ZIP_NAME}", highlight=False)
    if outcome.keep:
        share = f"{outcome.share:.1%}".replace("%", " %")
        console.print(
            f"{share} of {outcome.candidates:,} candidates were kept, the others: {path / REJECTED}", highlight=False
        )
    elif outcome.rejected:
        console.print(f"{outcome.rejected:,} candidates failed and were replaced: {path / REJECTED}", highlight=False)
    if outcome.made < outcome.asked:
        missing, what = outcome.asked - outcome.made, "candidates" if outcome.keep else "attempts"
        why = "no candidate was left for them" if outcome.keep else "failed every attempt"
        Console(stderr=True).print(
            f"electrolith: {missing:,} crystals are missing, {why}; loosen the targets, or raise --max-{what}.",
            highlight=False,
        )


def relaxed(rows: Sequence[Mapping[str, str]]) -> str:
    """How far the crystals of a run with relaxation moved, and how near the hull they are now."""
    moved = median(float(row[RELAXED_BY]) for row in rows)
    heights = [float(row[HEIGHT]) for row in rows if row[HEIGHT]]
    near = f"; above the hull of known compounds by CHGNet: median {median(heights):.3f} eV/atom" if heights else ""
    return f"Relaxed, by {moved:.2f} Å in the middle{near}"


def _table(rows: list[dict[str, str]], targets: list[ShownTarget]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "formula", "space group"):
        table.add_column(heading, no_wrap=True)
    for heading in ("atoms", "g/cm³"):
        table.add_column(heading, justify="right")
    for target in targets:
        table.add_column(target.heading, no_wrap=True)
    verdicts = {} if targets else COLUMNS  # there is no room for both; how many pass stands below
    for heading in verdicts:
        table.add_column(heading)
    for row in rows:
        group = f"{row['symbol']} ({row['space_group_asked']})"
        told = [target.cell(row) for target in targets] + [MARKS[row[column]] for column in verdicts.values()]
        table.add_row(row["id"], row["formula"], group, row["atoms"], row["density_g_cm3"], *told)
    return table


def _share(rows: list[dict[str, str]], column: str) -> str:
    """Share of crystals with the answer yes, e.g. ``97 %``."""
    return f"{sum(row[column] == 'yes' for row in rows) / len(rows):.0%}".replace("%", " %")
