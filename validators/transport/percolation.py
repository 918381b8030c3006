"""Percolation energies of a field on a periodic grid in one, two and three dimensions.

Points below a threshold that touch (by faces, edges or corners: 26 neighbours) form clusters. A walk around a cluster
that returns to the same point in another cell gives a translation; the rank of a cluster's translations is the number
of dimensions in which it is infinite. Clusters are joined across the faces of the cell, and the cell of each cluster is
recorded, as in union-find with offsets (Newman and Ziff, Phys. Rev. E 64, 016706, 2001; Machta et al., Phys. Rev. E 54,
1332, 1996). The dimension never decreases with the threshold, so bisection over the values of the field is exact.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

CELLS = 27  # around a cell, itself included
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
    first, second, cell = _points_across_faces(labels.shape)
    flat = labels.reshape(-1).astype(np.int64)
    one, other = flat[first], flat[second]
    both = (one > 0) & (other > 0)
    count = int(flat.max()) + 1
    codes = np.unique((one[both] * count + other[both]) * CELLS + cell[both])
    pairs, cells = np.divmod(codes, CELLS)
    there = np.stack(np.unravel_index(cells, (3, 3, 3)), 1) - 1
    return np.column_stack([pairs // count, pairs % count, there]).tolist()


@lru_cache(maxsize=2)
def _points_across_faces(shape: tuple[int, ...]) -> tuple[NDArray[np.int64], ...]:
    """Neighbouring points across the faces of the cell, by index, and the cell of the second, 0 to 26; (m,) each."""
    grid = np.arange(int(np.prod(shape))).reshape(shape)
    found = []
    for axis in range(3):
        first, second = np.take(grid, -1, axis), np.take(grid, 0, axis)
        sides = np.ix_(*(np.arange(n) for n in first.shape))
        for moves in product((-1, 0, 1), repeat=2):
            cells = [(s + m) // n + 1 for s, m, n in zip(sides, moves, first.shape, strict=True)]
            cells.insert(axis, np.full((1, 1), 2))
            there = np.roll(second, [-m for m in moves], (0, 1))
            cell = np.broadcast_to((cells[0] * 3 + cells[1]) * 3 + cells[2], first.shape)
            found.append(np.stack([first, there, cell]).reshape(3, -1))
    first, second, cell = np.concatenate(found, 1)
    return first, second, cell
