"""Measured band gaps of known compounds, each with its error and its source (``measured_gaps.csv``).

Compounds with open d shells are left out: they conduct by polarons, whatever their gap.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...gen.symmetry.space_group_search import MEDIUM_SYMPREC, symmetry_dataset

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

TABLE = Path(__file__).with_name("measured_gaps.csv")


@dataclass(frozen=True)
class MeasuredGap:
    """A measured band gap and its error, eV, and the paper that gives it."""

    value: float
    error: float
    source: str


def measured_gap(crystal: Crystal) -> MeasuredGap | None:
    """The measured gap of the compound with the formula and the space group of a crystal; None without one."""
    if not crystal.is_finite:
        return None
    of_formula = measured_gaps().get(crystal.formula)
    found = symmetry_dataset(crystal, MEDIUM_SYMPREC) if of_formula else None
    return None if of_formula is None or found is None else of_formula.get(int(found.number))


@cache
def measured_gaps() -> Mapping[str, Mapping[int, MeasuredGap]]:
    """All gaps by reduced formula, as pymatgen writes it, and space group."""
    gaps: dict[str, dict[int, MeasuredGap]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gap = MeasuredGap(float(row["gap_eV"]), float(row["error_eV"]), row["source"])
            gaps.setdefault(row["formula"], {})[int(row["space_group"])] = gap
    return gaps
