"""Migration barriers of a mobile ion in one, two and three dimensions, from the bond-valence site energy.

A barrier is the percolation energy of the field (``percolation``) above its lowest point, occupied or not. The check
``barrier``, the labels of data sets, the surrogates and the targets ``li_barrier``, ``li_barrier_2d`` and
``li_barrier_1d`` all mean this.

An ion needs less from an occupied site above the lowest point: in Li10GeP2S12 0.1 eV from the highest one, 0.6 from the
lowest point, 0.25 by measurement. Yet that orders conductors worse. Over 210 crystals of OBELiX, the disordered ones as
their average, the rank correlation with the conductivity is -0.49 from the lowest point and -0.36 from the highest
occupied site (``benchmarks/barrier.py``). The field has no repulsion between the mobile ions: they do not sit where it
has its order of sites, and a site above the pass would have no barrier at all.
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

    symbol     meaning                                             shape, unit
    field      site energy                                         (nx, ny, nz), eV
    lattice    of the cell, rows                                   (3, 3), Å
    occupied   lowest site energy next to each mobile ion           (m,), eV
    barriers   above the lowest point of the field                 eV
    """

    field: NDArray[np.float64]
    lattice: NDArray[np.float64]
    occupied: NDArray[np.float64]
    barriers: Barriers

    @cached_property
    def highest_site(self) -> float:
        """Site energy of the highest occupied site above the lowest point, eV."""
        return float(self.occupied.max() - self.field.min())

    @property
    def from_occupied(self) -> Barriers:
        """What an ion in the highest occupied site needs, eV; zero where that site is above the pass."""
        first, second, third = (max(0.0, barrier - self.highest_site) for barrier in self.barriers)
        return first, second, third

    def path(self, dimensions: int) -> MigrationPath | None:
        """The path through the pass for 1, 2 or 3 dimensions, energies above the lowest point; or None."""
        height = self.barriers[dimensions - 1]
        if not np.isfinite(height):
            return None
        lowest = float(self.field.min())
        found = migration_path(self.field, lowest + height, self.lattice)
        return found and MigrationPath(found.coordinates, found.distances, found.energies - lowest)


def migration_barriers(cell: Crystal, resolution: float, ion: MobileIon = LITHIUM_ION) -> MigrationBarriers:
    """Barriers of the mobile ion in a cell that holds it, on a grid of ``resolution`` Å. Raises ``NoSiteEnergy``."""
    field = site_energy(cell, resolution, ion)
    occupied = occupied_energies(field, cell, ion.number)
    return MigrationBarriers(field, cell.lattice, occupied, percolation_energies(field))
