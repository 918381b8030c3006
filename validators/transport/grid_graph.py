"""Graph of points on a periodic grid: edges between neighbours, and trees of shortest ways through its cells."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

STEPS = np.array([step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)])  # one of each opposite pair


def grid_edges(
    grid: NDArray[np.int64], node: NDArray[np.int64], shape: NDArray[np.int64]
) -> tuple[NDArray[np.int64], ...]:
    """Both ends of every edge, the steps between them, and the cells of the second ends."""
    places = np.stack(np.unravel_index(grid, shape), 1)
    found = []
    for step in STEPS:
        beyond = places + step
        others = node[np.ravel_multi_index(tuple((beyond % shape).T), tuple(shape))]
        kept = others >= 0
        moves = np.broadcast_to(step, beyond.shape)[kept]
        found.append((np.flatnonzero(kept), others[kept], moves, (beyond // shape)[kept]))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def cells_of_tree(grid: NDArray[np.int64], before: NDArray[np.int64], shape: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cell (n, 3) of every point, when the tree of shortest ways is followed from its root in cell 0."""
    places = np.stack(np.unravel_index(grid, shape), 1)
    root = before < 0
    parent = np.where(root, np.arange(len(grid)), before)
    steps = (places - places[parent] + 1) % shape - 1  # -1, 0 or 1
    cell = (places[parent] + steps) // shape
    while not (parent == parent[parent]).all():  # pointers are doubled until all point to the root
        cell = cell + cell[parent]
        parent = parent[parent]
    return np.asarray(cell)


def branch(end: int, before: NDArray[np.int64]) -> list[int]:
    """The points of a tree from one of them to its root."""
    found = [end]
    while before[found[-1]] >= 0:
        found.append(int(before[found[-1]]))
    return found
