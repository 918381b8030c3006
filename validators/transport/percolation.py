"""Percolation energies of a field on a periodic grid in one, two and three dimensions.

Points below a threshold that touch (by faces, edges or corners: 26 neighbours) form clusters. A walk around a cluster
that returns to the same point in another cell gives a translation; the rank of a cluster's translations is the number
of dimensions in which it is infinite. Clusters are joined across the faces of the cell, and the cell of each cluster is
recorded, as in union-find with offsets (Newman and Ziff, Phys. Rev. E 64, 016706, 2001; Machta et al., Phys. Rev. E 54,
1332, 1996). The dimension never decreases with the threshold, so bisection over the values of the field is exact.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

HIGHEST = 10.0  # above the minimum of the field, in its unit; paths above are not searched


def percolation_energies(field: NDArray[np.float64], highest: float = HIGHEST) -> tuple[float, float, float]:
    """Percolation energies in 1, 2 and 3 dimensions above the minimum of ``field`` (nx, ny, nz), in its unit.

    The field is periodic: the point after the last is the first. ``inf`` if there is no path below ``highest``.
    """
    values = np.unique(field[field <= field.min() + highest])

    @cache
    def dimension(index: int) -> int:
        return percolation_dimension(field <= values[index])

    found: list[float] = []
    low = 0
    for dimensions in (1, 2, 3):
        high = len(values) - 1
        if dimension(high) < dimensions:
            found.append(float("inf"))
            continue
        while low < high:
            middle = (low + high) // 2
            if dimension(middle) >= dimensions:
                high = middle
            else:
                low = middle + 1
        found.append(float(values[low] - values[0]))
    return found[0], found[1], found[2]


def percolation_dimension(is_open: NDArray[np.bool_]) -> int:
    """Largest number of dimensions, 0 to 3, in which a cluster of open points (nx, ny, nz) is infinite."""
    return max((int(np.linalg.matrix_rank(found)) for found in translations(is_open)), default=0)


def translations(is_open: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The translations (m, 3), in cells, that lead each infinite cluster of open points (nx, ny, nz) to itself."""
    from scipy.ndimage import label

    labels, _ = label(is_open, structure=np.ones((3, 3, 3)))
    neighbours: dict[int, list[tuple[int, tuple[int, int, int]]]] = {}
    for one, other, x, y, z in _contacts(labels):
        neighbours.setdefault(one, []).append((other, (x, y, z)))
        neighbours.setdefault(other, []).append((one, (-x, -y, -z)))
    cell_of: dict[int, tuple[int, int, int]] = {}
    infinite = []
    for start in neighbours:
        if start in cell_of:
            continue
        cell_of[start] = (0, 0, 0)
        waiting, found = [start], set()
        while waiting:
            here = waiting.pop()
            a, b, c = cell_of[here]
            for there, (x, y, z) in neighbours[here]:
                cell = (a + x, b + y, c + z)
                known = cell_of.setdefault(there, cell)
                if known is cell:
                    waiting.append(there)
                elif known != cell:
                    found.add((cell[0] - known[0], cell[1] - known[1], cell[2] - known[2]))
        if found:
            infinite.append(np.array(sorted(found)))
    return infinite


def _contacts(labels: NDArray[np.int32]) -> list[list[int]]:
    """Pairs of clusters that touch across a face of the cell, and the cell of the second: (m, 5)."""
    found = []
    for axis in range(3):
        first, second = np.take(labels, -1, axis), np.take(labels, 0, axis)
        sides = [np.arange(n) for n in first.shape]
        for u, v in product((-1, 0, 1), repeat=2):
            there = np.roll(second, (-u, -v), (0, 1))
            both = (first > 0) & (there > 0)
            cells = np.broadcast_arrays(*np.ix_((sides[0] + u) // len(sides[0]), (sides[1] + v) // len(sides[1])))
            beside = [c[both] for c in cells]
            beside.insert(axis, np.ones(len(beside[0]), dtype=np.int64))
            found.append(np.stack([first[both], there[both], *beside], 1))
    contacts = np.concatenate(found).astype(np.int64)
    count = int(labels.max()) + 1
    code = np.ravel_multi_index(tuple((contacts + np.array([0, 0, 1, 1, 1])).T), (count, count, 3, 3, 3))
    return contacts[np.unique(code, return_index=True)[1]].tolist()
