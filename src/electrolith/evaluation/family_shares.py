"""Families of compounds in a run: their shares as asked, drawn and delivered, against those of the training data."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from rich.table import Table

from ..conditioners.element_constraints import RADIOACTIVE
from ..gen.data.dataset import SPLITS, reference_set
from ..io.plain_console import shown
from ..validators.chemistry.compound_families import COMPOUND_FAMILIES, WITH_ANION, WITH_F, chemistry_of
from .run_rows import ID, crystal_rows, rejected_rows

MOST_ATOMS, NEAR_HULL = 20, 0.1  # of the training crystals that count: atoms in the primitive cell, eV/atom
ANION, F_ELEMENT, RADIOACTIVE_ELEMENT = "with an anion", "with an f element", "with a radioactive element"
NO_STABLE_ISOTOPE = RADIOACTIVE | frozenset(range(84, 119))
GROUPS = (*COMPOUND_FAMILIES, ANION, F_ELEMENT, RADIOACTIVE_ELEMENT)
FORMULA, ASKED = "formula", "chemistry_asked"  # columns of the tables of a run
_SYMBOL = re.compile(r"[A-Z][a-z]?")

Elements = Collection[int]  # atomic numbers


@dataclass(frozen=True)
class FamilyShare:
    """Shares of the crystals that belong to a group; NaN where they are unknown.

    symbol     meaning
    group      a family of compounds, or crystals with an anion, an f element or a radioactive element
    training   of the training crystals of at most ``MOST_ATOMS`` atoms, at most ``NEAR_HULL`` above the hull
    asked      of the chemistry that the quota of the run gives each crystal
    drawn      of the candidates of the run, with those that were rejected
    delivered  of the crystals
    factor     delivered / training
    """

    group: str
    training: float
    asked: float
    drawn: float
    delivered: float
    factor: float


def family_shares(crystals: Sequence[Elements], path: Path) -> tuple[FamilyShare, ...]:
    """The shares of each group among crystals, given by their elements; ``path`` may be a run, in or beside it."""
    rows = [*crystal_rows(path).values(), *rejected_rows(path)]
    chemistry = {row[ID]: row[ASKED] for row in rows if row.get(ASKED)}
    asked = _shares([_groups(one) for one in chemistry.values()])
    drawn = shares_of_groups([elements_in(row[FORMULA]) for row in rows if row.get(FORMULA)])
    training, delivered = training_shares(), shares_of_groups(crystals)
    return tuple(
        FamilyShare(g, training[g], asked[g], drawn[g], delivered[g], _ratio(delivered[g], training[g])) for g in GROUPS
    )


@cache
def training_shares() -> Mapping[str, float]:
    """The share of each group in the training data."""
    data = reference_set()
    stable = data.property("energy_above_hull") <= NEAR_HULL
    chosen = data.take((data.split == SPLITS.index("train")) & (data.n_atoms <= MOST_ATOMS) & stable)
    return shares_of_groups([set(part.tolist()) for part in np.split(chosen.elements, chosen.start[1:-1])])


def shares_of_groups(crystals: Sequence[Elements]) -> Mapping[str, float]:
    """The share of each of ``GROUPS`` among crystals, given by their elements; NaN without crystals."""
    radioactive = (
        {RADIOACTIVE_ELEMENT} if NO_STABLE_ISOTOPE.intersection(elements) else set() for elements in crystals
    )
    return _shares([_groups(chemistry_of(one)) | more for one, more in zip(crystals, radioactive, strict=True)])


def _groups(chemistry: str) -> set[str]:
    """The groups of a chemistry that ``chemistry_of`` gives."""
    family = chemistry.removesuffix(WITH_F)
    return {family, *({ANION} if family in WITH_ANION else ()), *({F_ELEMENT} if family != chemistry else ())}


def _shares(groups: Sequence[Collection[str]]) -> Mapping[str, float]:
    return {group: _ratio(sum(group in one for one in groups), len(groups)) for group in GROUPS}


def elements_in(formula: str) -> set[int]:
    """Atomic numbers of the elements whose symbols a text has, e.g. a formula."""
    from pymatgen.core import Element

    return {Element(symbol).Z for symbol in _SYMBOL.findall(formula) if Element.is_valid_symbol(symbol)}


def table_of_families(rows: Sequence[FamilyShare]) -> Table:
    """The shares as a table for the terminal, without the columns that are unknown."""
    title = f"families, against the training crystals of at most {MOST_ATOMS} atoms within {NEAR_HULL:g} eV/atom"
    table = Table(title=shown(title, "table.title"), title_justify="left")
    columns = [name for name in ("training", "asked", "drawn", "delivered") if not math.isnan(getattr(rows[0], name))]
    for heading in ("family", *columns, "factor"):
        table.add_column(heading, justify="left" if heading == "family" else "right")
    for row in rows:
        factor = "–" if math.isnan(row.factor) else f"{row.factor:.2f}"
        table.add_row(row.group, *(f"{100 * getattr(row, name):.1f} %" for name in columns), factor)
    return table


def _ratio(one: float, other: float) -> float:
    return one / other if other else math.nan
