"""Comparison of crystals with pymatgen's StructureMatcher, with the tolerances of MatterGen.

Zeni et al., Nature 639, 624 (2025): ltol 0.2, stol 0.3, angle_tol 5°, primitive cells, volumes scaled to be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .alignment import first_same
from .neighbours import PeriodicPoints
from .primitive_cell import Cell, CellTable

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class Comparable:
    """A crystal with its primitive cell and fingerprint, computed on demand, for many comparisons."""

    crystal: Crystal

    @cached_property
    def _points(self) -> PeriodicPoints:
        return PeriodicPoints(self.crystal)

    @cached_property
    def structure(self) -> Any:
        """The primitive cell with shortest vectors, a pymatgen ``Structure``.

        StructureMatcher accepts a Minkowski-reduced cell as well as a Niggli cell, which takes pymatgen 3 ms.
        """
        from pymatgen.core import Lattice, Structure

        points, numbers = self._points, self.crystal.atomic_numbers
        structure = Structure(Lattice(points.lattice), numbers.tolist(), points.sites, coords_are_cartesian=True)
        counts = np.unique(numbers, return_counts=True)[1]
        return structure if np.gcd.reduce(counts) == 1 else structure.get_primitive_structure()

    @cached_property
    def cell(self) -> Cell:
        """The cell of ``structure``."""
        structure = self.structure
        return Cell(structure.lattice.matrix, structure.frac_coords, np.array(structure.atomic_numbers))

    @cached_property
    def fingerprint(self) -> NDArray[np.float64]:
        """Mean distance of each element's atoms to their 1st … 8th neighbour, (elements * 8,).

        In units of the cube root of the volume per atom; the same for any cell of one crystal.
        """
        crystal = self.crystal
        distances = self._points.nearest(NEIGHBOURS) / (crystal.volume / len(crystal)) ** (1 / 3)
        elements = np.unique(crystal.atomic_numbers)
        return np.concatenate([distances[crystal.atomic_numbers == z].mean(0) for z in elements])


@lru_cache(maxsize=256)
def comparable(crystal: Crystal) -> Comparable:
    """The crystal, ready for comparison; cached for the same object, not for an equal one."""
    return Comparable(crystal)


def same_structure(one: Comparable, other: Comparable) -> bool:
    """Whether both are the same crystal for StructureMatcher."""
    if one.cell.counts != other.cell.counts:
        return False
    table = CellTable()
    table.add(other.cell)
    return first_same(one.cell, table, np.zeros(1, dtype=np.int64)) is not None


def formula_key(crystal: Crystal) -> int:
    """The key of a crystal's reduced formula, see ``formula_keys``."""
    return int(formula_keys(np.bincount(crystal.atomic_numbers, minlength=_HASHES.size)[None])[0])


def formula_keys(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keys (n,) of cells from the numbers of atoms by atomic number (n, 119): 64-bit hashes of the reduced formula."""
    reduced = counts // np.gcd.reduce(counts, axis=1)[:, None]
    return reduced @ _HASHES  # an overflow is harmless in a hash


_HASHES = np.random.default_rng(0).integers(-(2**62), 2**62, size=119) | 1
