"""``candidates.csv``: a row for each crystal of the input, with the columns of each check side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..recipes.recipe import Recipe
from ..validators.verdict import Verdict
from .results import READING, ScreeningResult

FIXED = ("rank", "id", "formula", "space_group", "space_group_before", "atoms", "stopped_at", "reason", "score", "file")
LAST = ("remarks", "source", "near_misses")  # of the reader, and the steps that it misses by less than their error
PARTS = ("value", "spread", "unit", "limit", "reason")


def header(recipe: Recipe, details: Sequence[tuple[str, str]] = ()) -> list[str]:
    """The columns; ``details`` are pairs (step, detail with unit) of further results of the checks."""
    columns = list(FIXED)
    for step in recipe.steps:
        columns += [step.key, *(f"{step.key}_{part}" for part in PARTS)]
        columns += [f"{step.key}: {detail}" for key, detail in details if key == step.key]
    return [*columns, *LAST]


def row(
    screened: ScreeningResult, recipe: Recipe, details: Sequence[tuple[str, str]] = (), file: str = ""
) -> list[object]:
    """The values of ``header``; empty where a check did not run."""
    values: list[object] = [
        _known(screened.rank), screened.id, screened.formula, _known(screened.group), _known(screened.group_before),
        _known(screened.n_atoms), screened.stopped, screened.reason, number(screened.score), file,
    ]  # fmt: skip
    verdicts = screened.verdicts
    for step in recipe.steps:
        verdict = verdicts.get(step.key)
        mine = [detail for key, detail in details if key == step.key]
        if verdict is None:
            values += [""] * (1 + len(PARTS) + len(mine))
            continue
        values += [
            verdict.answer, number(verdict.value), number(verdict.spread), verdict.unit,
            number(verdict.limit), verdict.reason,
        ]  # fmt: skip
        found = {with_unit(d.name, d.unit): d.value for d in verdict.details}
        values += [v if isinstance(v := found.get(name, ""), str) else number(v) for name in mine]
    remarks = "; ".join(screened.crystal.remarks) if screened.crystal is not None else ""
    return [*values, remarks, screened.source, "; ".join(screened.near_misses)]


def details_of(screened: Sequence[ScreeningResult], recipe: Recipe) -> list[tuple[str, str]]:
    """Pairs (step, detail with its unit) of all results, in the order of the recipe."""
    found: dict[tuple[str, str], None] = {}
    for step in recipe.steps:
        for one in screened:
            verdict: Verdict | None = one.verdicts.get(step.key)
            for detail in verdict.details if verdict else ():
                found[step.key, with_unit(detail.name, detail.unit)] = None
    return list(found)


def with_unit(name: str, unit: str) -> str:
    """A column name with its unit."""
    return f"{name} ({unit})" if unit else name


def step_counts(screened: Sequence[ScreeningResult], recipe: Recipe) -> list[dict[str, object]]:
    """Counts of each step, reading first: crystals that arrived, failed or were stopped as unknown; time in s."""
    came, late = len(screened), {step.key for step in recipe.of_best.steps}
    steps: list[dict[str, object]] = []
    for key in (READING, *(step.key for step in recipe.steps)):
        stopped = [s for s in screened if s.stopped == key]
        unknown = sum(key in s.verdicts and s.verdicts[key].passed is None for s in stopped)
        answers = [a for s in screened for a in s.answers if a.step == key]
        steps.append({
            "check": key, "came": len(answers) if key in late else came,
            "failed": len(stopped) - unknown, "stopped_as_unknown": unknown,
            "unknown": sum(a.verdict.passed is None for a in answers),
            "near_misses": sum(a.verdict.near_miss for a in answers),
            "seconds": round(math.fsum(a.seconds for a in answers), 3),
        })  # fmt: skip
        came -= len(stopped)
    return steps


def number(value: float | None) -> object:
    """A number with six digits; empty for None."""
    return "" if value is None else f"{value + 0.0:.6g}"  # never "-0"


def _known(value: object) -> object:
    return "" if value is None else value
