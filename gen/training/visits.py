"""How often the geometry model sees a crystal: those with many free coordinates more often than rigid ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import OrbitDataset
from ..symmetry.wyckoff_tables import wyckoff_tables
from ..typed_records import check_ranges, setting

FEW_COORDINATES = 5
SMALL_CELL, MEDIUM_CELL = 20, 52  # atoms


@dataclass(frozen=True)
class Visits:
    """Epochs from one use of a crystal to the next, by its free coordinates and the size of its primitive cell."""

    rigid: int = setting(1, "at most 20 atoms, no free coordinate", at_least=1)
    few_free: int = setting(1, f"at most 20 atoms, 1 to {FEW_COORDINATES} free coordinates", at_least=1)
    many_free: int = setting(1, "at most 20 atoms, more free coordinates", at_least=1)
    medium_cell: int = setting(3, "21 to 52 atoms", at_least=1)
    large_cell: int = setting(6, "more atoms", at_least=1)

    def __post_init__(self) -> None:
        check_ranges(self)

    def of(self, data: OrbitDataset) -> NDArray[np.int64]:
        """The period of each crystal, (n,)."""
        n, atoms = len(data), data.n_atoms
        free = np.bincount(data.owner, weights=wyckoff_tables().dof[data.positions], minlength=n)
        small = np.select([free == 0, free <= FEW_COORDINATES], [self.rigid, self.few_free], self.many_free)
        period = np.select([atoms <= SMALL_CELL, atoms <= MEDIUM_CELL], [small, self.medium_cell], self.large_cell)
        return period.astype(np.int64)
