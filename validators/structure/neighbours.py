"""Neighbours of atoms over the periodic images of a cell of any shape.

The cell is reduced first (Semaev, "A 3-dimensional lattice reduction algorithm", CaLC 2001). In a Minkowski-reduced
cell the nearest image of any point is at most one cell away, so 27 cells give exact shortest distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MAX_STEPS = 1000  # of the reduction; a usual cell needs fewer than ten


@dataclass(frozen=True, eq=False)
class Pairs:
    """All ordered pairs of atoms up to a distance, including an atom and its own images; m pairs.

    symbol    meaning                                                shape, unit
    first     index of the atom in the cell                          (m,)
    second    index of its neighbour                                 (m,)
    image     cell of the neighbour, in reduced vectors              (m, 3)
    distance  between the two                                        (m,), Å
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    image: NDArray[np.int64]
    distance: NDArray[np.float64]


def reduced_lattice(lattice: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minkowski-reduced row vectors (3, 3) of the same lattice, shortest first."""
    rows = [np.asarray(v, dtype=np.float64) for v in lattice]
    for _ in range(MAX_STEPS):
        rows.sort(key=lambda v: float(v @ v))
        a, b, c = rows
        step = round(float(a @ b) / float(a @ a))
        if step:
            rows[1] = b - step * a
            continue
        # c minus the nearest lattice point of the plane (a, b)
        gram = np.array([[a @ a, a @ b], [a @ b, b @ b]])
        x, y = np.linalg.solve(gram, np.array([a @ c, b @ c]))
        trials = [c - i * a - j * b for i, j in product((np.floor(x), np.ceil(x)), (np.floor(y), np.ceil(y)))]
        best = min(trials, key=lambda v: float(v @ v))
        if float(best @ best) >= float(c @ c) * (1 - 1e-12):
            break
        rows[2] = best
    return np.array(rows)


class PeriodicPoints:
    """The atoms of a crystal in a reduced cell, with their periodic images."""

    def __init__(self, crystal: Crystal) -> None:
        self.lattice = reduced_lattice(crystal.lattice)
        fractional = (crystal.frac_coords % 1.0) @ crystal.lattice @ np.linalg.inv(self.lattice)
        self.sites = (fractional % 1.0) @ self.lattice
        self.heights = 1.0 / np.sqrt((np.linalg.inv(self.lattice) ** 2).sum(0))

    def _around(self, reach: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Images (k, 3) within ±reach cells, and the positions of all atoms in them (k, n, 3), Å."""
        images = np.array(list(product(*(range(-r, r + 1) for r in reach))), dtype=np.int64)
        return images, (images @ self.lattice)[:, None] + self.sites[None]

    def nearest(self, k: int = 1) -> NDArray[np.float64]:
        """Distances (n, k), Å, from every atom to its k nearest neighbours, including its own images."""
        from scipy.spatial import cKDTree

        n = len(self.sites)
        cells = int(np.ceil((k / n) ** (1 / 3)))
        while True:
            # images within `cells` of an atom hold every atom nearer than `cells` times the smallest height
            _, points = self._around(np.full(3, cells))
            found = cKDTree(points.reshape(-1, 3)).query(self.sites, k=k + 1)[0][:, 1:]
            if k == 1 or found.max() <= cells * self.heights.min():
                return np.asarray(found)
            cells += 1

    def pairs(self, cutoff: float) -> Pairs:
        """All ordered pairs up to ``cutoff`` Å. Call ``nearest`` first: a collapsed cell has too many pairs."""
        from scipy.spatial import cKDTree

        n = len(self.sites)
        reach = np.ceil(cutoff / self.heights).astype(np.int64)
        images, points = self._around(reach)
        near = cKDTree(self.sites).sparse_distance_matrix(cKDTree(points.reshape(-1, 3)), cutoff, output_type="ndarray")
        first, cell, second = near["i"], near["j"] // n, near["j"] % n
        kept = (first != second) | (images[cell] != 0).any(1)
        return Pairs(first[kept].astype(np.int64), second[kept].astype(np.int64), images[cell[kept]], near["v"][kept])
