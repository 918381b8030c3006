"""Migration barriers of a mobile ion in one, two and three dimensions, from the bond-valence site energy.

Two definitions have the same pass, the percolation energy of the field (``percolation``):

of the check    above the highest occupied site: what an ion there needs (``occupied_sites``), never below zero
of the targets  above the lowest point of the field, occupied or not: ``li_barrier``, ``li_barrier_1d`` and
                ``li_barrier_2d`` of surrogates and data sets; never lower than that of the check
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..mobile_ions import LITHIUM_ION, MobileIon
from .bond_valence import site_energy
from .migration_path import MigrationPath, migration_path
from .occupied_sites import occupied_energies
from .percolation import percolation_energies

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

Barriers = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class MigrationBarriers:
    """Barriers in 1, 2 and 3 dimensions, eV; infinite without a path.

    symbol       meaning                                             shape, unit
    field        site energy                                         (nx, ny, nz), eV
    lattice      of the cell, rows                                   (3, 3), Å
    occupied     lowest site energy next to each mobile ion           (m,), eV
    from_lowest  barriers above the lowest point of the field         eV
    """

    field: NDArray[np.float64]
    lattice: NDArray[np.float64]
    occupied: NDArray[np.float64]
    from_lowest: Barriers

    @cached_property
    def highest_site(self) -> float:
        """Site energy of the highest occupied site above the lowest point, eV."""
        return float(self.occupied.max() - self.field.min())

    @property
    def from_occupied(self) -> Barriers:
        """Barriers above the highest occupied site, eV."""
        first, second, third = (max(0.0, barrier - self.highest_site) for barrier in self.from_lowest)
        return first, second, third

    def path(self, dimensions: int) -> MigrationPath | None:
        """The path through the pass for 1, 2 or 3 dimensions, energies above the highest occupied site; or None."""
        height = self.from_lowest[dimensions - 1]
        if not np.isfinite(height):
            return None
        found = migration_path(self.field, float(self.field.min()) + height, self.lattice)
        if found is None:
            return None
        return MigrationPath(found.coordinates, found.distances, found.energies - float(self.occupied.max()))


def migration_barriers(cell: Crystal, resolution: float, ion: MobileIon = LITHIUM_ION) -> MigrationBarriers:
    """Barriers of the mobile ion in a cell that holds it, on a grid of ``resolution`` Å. Raises ``NoSiteEnergy``."""
    field = site_energy(cell, resolution, ion)
    occupied = occupied_energies(field, cell, ion.number)
    return MigrationBarriers(field, cell.lattice, occupied, percolation_energies(field))
