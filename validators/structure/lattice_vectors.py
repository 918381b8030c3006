"""The vectors of a lattice by length, for one search: a crystal that is kept keeps none of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPARE = 1.3  # vectors are computed up to longer ones than needed, for the next cells of the search
LARGEST_TABLE = 600  # vectors of which all cosines are computed at once; others are computed where they are needed

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class LatticeVectors:
    """All vectors of a lattice (row vectors, (3, 3)) up to a length, the shortest first, without zero.

    symbol   meaning                          shape
    images   their coefficients               (k, 3)
    vectors  themselves                       (k, 3)
    lengths  their lengths                    (k,)
    """

    def __init__(self, lattice: Floats) -> None:
        self.lattice = lattice
        self.heights = 1.0 / np.sqrt((np.linalg.inv(lattice) ** 2).sum(0))
        self.longest = 0.0
        self.reach(0.0)

    def reach(self, longest: float) -> None:
        """Makes sure that all vectors up to a length are there; there may be longer ones."""
        if 0.0 < longest <= self.longest:
            return
        self.longest = SPARE * longest
        axes = [np.arange(-reach, reach + 1) for reach in np.floor(self.longest / self.heights)]
        images = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        points = images @ self.lattice
        length = np.sqrt((points**2).sum(1))
        order = np.argsort(length, kind="stable")
        order = order[(length[order] > 0) & (length[order] <= self.longest)]
        self.images, self.vectors, self.lengths = images[order], points[order], length[order]
        self._directions = self.vectors / self.lengths[:, None]
        self._table = self._directions @ self._directions.T if len(order) <= LARGEST_TABLE else None

    def cosines(self, one: Places, other: Places) -> Floats:
        """Cosines of the angles between vectors, by their places (m,)."""
        if self._table is not None:
            table: Floats = self._table[one, other]
            return table
        products: Floats = np.einsum("mi,mi->m", self._directions[one], self._directions[other])
        return products
