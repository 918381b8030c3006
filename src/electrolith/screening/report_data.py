"""Data of the report page: the funnel, a row for each crystal, and the source of each number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..conditioners.space_group_symbols import space_group_symbol
from ..gen.crystal import Crystal
from ..recipes.check_options import documentation_of, options_of, question_of
from ..recipes.recipe import Recipe, Step
from ..validators.check import flaw_of
from .candidate_table import details_of, with_unit
from .results import ScreeningResult

LARGEST_DRAWN = 400  # atoms
MOST_DRAWN = 3000  # crystals, those at the head of the ranking
VERDICT = (
    "passed",
    "value",
    "spread",
    "unit",
    "limit",
    "reason",
    "near_miss",
)  # the order in which the page reads them
REASONS = 4  # kinds of reasons shown for each check
READING_QUESTION = "Is it an ordered crystal that can be read?"


def report_data(ranked: Sequence[ScreeningResult], recipe: Recipe, record: Mapping[str, Any]) -> dict[str, Any]:
    """The data as plain lists and mappings; ``record`` is the content of ``screen.yaml``."""
    questions = {step.key: _step(step) for step in recipe.steps}
    steps = []
    for counted in record["checks"]:
        key = counted["check"]
        steps.append(
            {**counted, **questions.get(key, {"question": READING_QUESTION}), "reasons": _reasons(ranked, key)}
        )
    return {
        "recipe": {"name": recipe.name, "description": recipe.description},
        "rank": [vars(criterion) for criterion in recipe.rank],
        "input": record["input"],
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        "crystals": record["crystals"],
        "survivors": record["survivors"],
        "reading": list(record.get("reading", ())),
        "workers": record["workers"],
        "seconds": record["seconds_of_last_session"],
        "versions": record["versions"],
        "steps": steps,
        "details": [list(detail) for detail in details_of(ranked, recipe)],
        "rows": [_row(one, drawn=k < MOST_DRAWN) for k, one in enumerate(ranked)],
        "elements": _elements(ranked),
    }


def _step(step: Step) -> dict[str, Any]:
    options = {name: option.default for name, option in options_of(step.name).items()} | dict(step.options)
    return {
        "question": question_of(step.name),
        "source": documentation_of(step.name),
        "options": options,
        "when_unknown": step.unknown,
    }


def _reasons(ranked: Sequence[ScreeningResult], key: str) -> list[list[Any]]:
    """The most frequent reasons for stopping at a step: (example, crystals with this reason up to numbers)."""
    examples: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for one in ranked:
        if one.stopped == key:
            kind = re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "#", one.reason)
            kind = re.sub(r"\b[A-Z][A-Za-z#()]*#[A-Za-z#()]*|\b[A-Z][a-z]?-[A-Z][a-z]?\b", "X", kind)
            examples.setdefault(kind, one.reason)
            counts[kind] += 1
    return [[examples[kind], count] for kind, count in counts.most_common(REASONS)]


def _row(one: ScreeningResult, *, drawn: bool) -> dict[str, Any]:
    crystal = one.crystal
    seen = drawn and crystal is not None and len(crystal) <= LARGEST_DRAWN and not flaw_of(crystal)
    return {
        "id": one.id,
        "rank": one.rank,
        "score": one.score,
        "formula": one.formula,
        "group": one.group,
        "symbol": None if one.group is None else space_group_symbol(one.group),
        "atoms": one.n_atoms,
        "stopped": one.stopped,
        "reason": one.reason,
        "near_misses": list(one.near_misses),
        "remarks": list(crystal.remarks) if crystal is not None else [],
        "verdicts": {a.step: [getattr(a.verdict, part) for part in VERDICT] for a in one.answers},
        "details": {
            f"{a.step}: {with_unit(d.name, d.unit)}": d.value for a in one.answers for d in a.verdict.details
        },
        "profiles": {a.step: [p[:2] for p in a.verdict.profile] for a in one.answers if a.verdict.profile and one.rank},
        "crystal": _drawing(crystal) if seen and crystal is not None else None,
    }  # fmt: skip


def _drawing(crystal: Crystal) -> dict[str, Any]:
    """Cell (Å), fractional coordinates and elements, rounded to what the drawing shows."""
    return {
        "cell": [[round(x, 4) for x in edge] for edge in crystal.lattice.tolist()],
        "sites": [[round(x, 4) for x in site] for site in (crystal.frac_coords % 1.0).tolist()],
        "elements": crystal.atomic_numbers.tolist(),
    }


def _elements(ranked: Sequence[ScreeningResult]) -> dict[int, list[Any]]:
    """Symbol, colour and covalent radius (Å) of each element that occurs, from ASE's tables."""
    from ase.data import chemical_symbols, covalent_radii
    from ase.data.colors import jmol_colors

    found = {int(z) for one in ranked if one.crystal is not None for z in one.crystal.atomic_numbers}
    return {
        z: [
            chemical_symbols[z],
            "#" + "".join(f"{round(255 * float(c)):02x}" for c in jmol_colors[min(z, len(jmol_colors) - 1)]),
            round(float(covalent_radii[z]), 2),
        ]
        for z in sorted(found)
        if 0 < z < len(chemical_symbols)
    }
