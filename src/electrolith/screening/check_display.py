"""Verdicts of one check, and the list of checks, on the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.table import Table

from ..io.json_values import json_values
from ..io.plain_console import PlainConsole, shown
from ..recipes.check_options import Option
from ..validators.verdict import NEAR_MISS
from .candidate_table import number
from .results import READING
from .single_check import SingleVerdict

UNREADABLE = "unreadable"
COLOURS = {"yes": "green", "no": "red", NEAR_MISS: "yellow", "unknown": "dim", UNREADABLE: "red"}


def print_verdicts(verdicts: Sequence[SingleVerdict]) -> None:
    """Prints the verdicts of one check as a table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "formula", "answer"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", max_width=40)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("reason")
    if any(one.remarks for one in verdicts):
        table.add_column("remarks")
    for one in verdicts:
        answer = UNREADABLE if one.verdict.name == READING else one.verdict.answer
        value = f"{_shown(one.verdict.value)} {one.verdict.unit}".strip() if one.verdict.value is not None else ""
        formula = one.formula if one.formula != one.id else ""
        words = [shown(one.id), shown(formula), shown(answer, COLOURS[answer]), shown(value), shown(one.verdict.reason)]
        table.add_row(*words, *([shown(one.remarks, "dim")] if one.remarks else []))
    PlainConsole().print(table)


def print_json(verdicts: Sequence[SingleVerdict]) -> None:
    """Prints the verdicts with all details as JSON."""
    values = [json_values(asdict(one), as_text=True) for one in verdicts]
    print(json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False))


def print_checks(checks: Sequence[tuple[str, str, Mapping[str, Option]]]) -> None:
    """Prints every check with its question and its options."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("question")
    table.add_column("options")
    for name, question, options in checks:
        words = [f"{o.name}={'none' if o.default is None else _shown(o.default)}" for o in options.values()]
        table.add_row(name, question, shown(", ".join(words), "dim"))
    PlainConsole().print(table)


def _shown(value: object) -> str:
    return str(number(value)) if isinstance(value, float) else str(value)
