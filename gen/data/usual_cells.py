"""Primitive cells of known crystals of a formula, or of formulas that differ in one kind of atom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..symmetry.wyckoff_tables import wyckoff_tables
from .dataset import reference_set


@dataclass(frozen=True)
class UsualCell:
    """Primitive cell of the most stable known crystal of a formula, or of the formulas most like it.

    symbol       meaning
    name         of the crystal in the reference set
    formula      reduced, atomic number → count: the formula itself, or one like it
    space_group  number
    z            formula units in the primitive cell
    """

    name: str
    formula: dict[int, int]
    space_group: int
    z: int

    @property
    def atoms(self) -> int:
        """Atoms in the primitive cell."""
        return self.z * sum(self.formula.values())


def usual_cell(formula: Mapping[int, int]) -> UsualCell | None:
    """The usual cell of a reduced formula, atomic number → count; None if nothing like it is known.

    Without a known crystal of the formula, those count that have all its numbers of atoms and differ in one element.
    """
    known = _Compositions.of_reference()
    elements, counts = np.array(sorted(formula.items())).T
    rows = known.rows(len(elements))
    its_elements, its_counts = known.table(rows, len(elements))
    alike = (np.sort(its_counts, 1) == np.sort(counts)).all(1)
    rows, its_elements, its_counts = rows[alike], its_elements[alike], its_counts[alike]
    pairs = its_elements[:, :, None] == elements
    shared = (pairs & (its_counts[:, :, None] == counts)).sum((1, 2))
    if not len(rows) or shared.max() < max(len(elements) - 1, 1):
        return None
    rows = rows[shared == shared.max()]
    heights = known.heights[rows]
    row = int(rows[np.argmin(np.where(np.isfinite(heights), heights, np.inf))])
    found = known.table(np.array([row]), len(elements))
    pairs_found = zip(found[0][0].tolist(), found[1][0].tolist(), strict=True)
    return UsualCell(str(known.names[row]), dict(pairs_found), int(known.space_groups[row]), int(known.units[row]))


@dataclass(frozen=True, eq=False)
class _Compositions:
    """Compositions of n crystals with m entries in all; an entry is an element of a crystal.

    symbol           meaning                                                    shape
    start            first entry of each crystal                                 (n + 1,)
    elements         atomic numbers, ascending in each crystal                   (m,)
    counts           atoms in the reduced formula                                (m,)
    units            reduced formulas in the primitive cell                      (n,)
    heights          energy above the hull, eV/atom                              (n,)
    """

    start: NDArray[np.int64]
    elements: NDArray[np.int64]
    counts: NDArray[np.int64]
    units: NDArray[np.int64]
    heights: NDArray[np.float64]
    space_groups: NDArray[np.int64]
    names: NDArray[Any]

    @staticmethod
    @cache
    def of_reference() -> _Compositions:
        data = reference_set()
        keys, entry = np.unique(data.owner * 128 + data.elements, return_inverse=True)
        atoms = np.bincount(entry, weights=wyckoff_tables().op_count[data.positions]).astype(np.int64)
        start = np.searchsorted(keys, 128 * np.arange(len(data) + 1))
        units = np.gcd.reduceat(atoms, start[:-1])
        return _Compositions(
            start, keys % 128, atoms // units[keys // 128], units, data.property("energy_above_hull"),
            data.space_group, data.ids,
        )  # fmt: skip

    def rows(self, n_elements: int) -> NDArray[np.int64]:
        """The crystals with this number of elements."""
        return np.flatnonzero(np.diff(self.start) == n_elements)

    def table(self, rows: NDArray[np.int64], n_elements: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Elements and counts (rows, n_elements) of crystals with this number of elements."""
        index = self.start[rows][:, None] + np.arange(n_elements)
        return self.elements[index], self.counts[index]
