"""What a person sees of a screening: a bar while it goes on, the funnel and the best crystals at its end."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..io.csv_rows import ANSWERS
from ..io.progress_bar import progress_bar
from ..io.yaml_files import read_yaml
from .candidate_table import number
from .check_options import Option
from .screen_folder import CIFS, RECORD, REPORT, TABLE
from .screening_run import Progress
from .single_check import Alone

SHOWN = 10  # survivors in the table
WIDTH = 120  # where nobody watches
COLOURS = {"yes": "green", "no": "red", "unknown": "dim"}


class Bar:
    """A progress bar on stderr; silent where stderr is not a terminal."""

    def __init__(self) -> None:
        self.progress = progress_bar("{task.fields[survivors]} passed all checks")
        self.task = self.progress.add_task("", total=None, survivors=0)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def __call__(self, progress: Progress) -> None:
        """Moves the bar to where a screening is."""
        self.progress.update(self.task, total=progress.total, completed=progress.done, survivors=progress.survivors)


def show(path: Path) -> None:
    """Prints the funnel of a finished screening, its best crystals, and where everything lies."""
    record = read_yaml(path / RECORD)
    with (path / TABLE).open(encoding="utf-8", newline="") as file:
        survivors = [row for row in csv.DictReader(file) if row["rank"]]
    console = _console()
    console.print(_funnel(record["checks"]))
    if survivors:
        console.print(_best(survivors[:SHOWN]))
    console.print(f"{record['survivors']:,} of {record['crystals']:,} crystals passed all checks.", highlight=False)
    console.print(f"{path / TABLE}  {path / CIFS}/  {path / REPORT}", highlight=False)


def print_verdicts(answers: Sequence[Alone]) -> None:
    """The verdicts of one check as a table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "formula", "answer"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", max_width=40)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("reason")
    for one in answers:
        said = ANSWERS[one.verdict.passed]
        value = f"{_value(one.verdict.value)} {one.verdict.unit}".strip() if one.verdict.value is not None else ""
        formula = one.formula if one.formula != one.id else ""
        table.add_row(Text(one.id), Text(formula), Text(said, COLOURS[said]), value, Text(one.verdict.reason))
    _console().print(table)


def print_json(answers: Sequence[Alone]) -> None:
    """The same with everything that was found, for programs."""
    print(json.dumps([_finite(asdict(answer)) for answer in answers], indent=1, ensure_ascii=False, allow_nan=False))


def print_checks(checks: Sequence[tuple[str, str, Mapping[str, Option]]]) -> None:
    """Every check with its question and its options."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("question")
    table.add_column("options")
    for name, question, options in checks:
        words = [f"{o.name}={'none' if o.default is None else _value(o.default)}" for o in options.values()]
        table.add_row(name, Text(question), Text(", ".join(words), "dim"))
    _console().print(table)


def _funnel(checks: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check")
    for heading in ("came", "failed", "unknown", "of which stopped", "time"):
        table.add_column(heading, justify="right")
    for row in checks:
        words = [f"{row[name]:,}" for name in ("came", "failed", "unknown", "stopped_as_unknown")]
        table.add_row(row["check"], *words, f"{row['seconds']:.1f} s")
    return table


def _best(rows: Sequence[Mapping[str, str]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("rank", "id", "formula", "space group", "atoms", "score"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(row[name] for name in ("rank", "id", "formula", "space_group", "atoms", "score")))
    return table


def _value(value: object) -> str:
    return str(number(value)) if isinstance(value, float) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0.0:
        return str(value)
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list | tuple) else value


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)
