"""Supercells of the average cell: the most compact one of each size, and how its symmetry permutes the places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .average_cell import AverageCell

SAME = 0.1  # Å between an image and its place
STEPS = np.array([step for step in product((-1, 0, 1), repeat=3) if any(step)])


@dataclass(frozen=True, eq=False)
class Supercell:
    """A supercell of an average cell.

    symbol        meaning                                                           shape, unit
    lattice       a, b, c as rows                                                   (3, 3), Å
    positions     fractional coordinates of the places                              (n, 3)
    classes       class of each place, as in the average cell                       (n,)
    permutations  place to which each operation of the supercell moves each place   (g, n)
    """

    lattice: NDArray[np.float64]
    positions: NDArray[np.float64]
    classes: NDArray[np.int64]
    permutations: NDArray[np.int64]


def supercell_of(cell: AverageCell, size: int) -> Supercell:
    """The most compact supercell of ``size`` primitive cells."""
    matrix = _most_compact(cell.lattice, size)
    points = _lattice_points(matrix)
    inverse = np.linalg.inv(matrix)
    positions = ((cell.positions[:, None] + points[None]).reshape(-1, 3) @ inverse) % 1.0 % 1.0
    lattice = matrix @ cell.lattice
    classes = np.repeat(cell.classes, len(points))
    return Supercell(lattice, positions, classes, _permutations(cell, matrix, points, positions, lattice, classes))


def _most_compact(lattice: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """The matrix (3, 3) of rows of the supercell, whose shortest vector is longest and whose surface is least."""
    best, best_score = np.eye(3, dtype=np.int64) * size, (-np.inf, -np.inf)
    for hermite in _hermite_forms(size):
        reduced = _reduced(hermite, lattice)
        edges = reduced @ lattice
        shortest = np.linalg.norm(np.vstack([edges, STEPS @ edges]), axis=1).min()
        surface = sum(np.linalg.norm(np.cross(edges[i], edges[j])) for i, j in ((0, 1), (0, 2), (1, 2)))
        score = (round(float(shortest), 3), -round(float(surface), 3))
        if score > best_score:
            best, best_score = reduced, score
    return best


def _hermite_forms(size: int) -> Iterator[NDArray[np.int64]]:
    """All sublattices of an index, each once, as Hermite normal forms."""
    for a in (d for d in range(1, size + 1) if size % d == 0):
        for b in (d for d in range(1, size // a + 1) if (size // a) % d == 0):
            c = size // (a * b)
            for i, j, k in product(range(b), range(c), range(c)):
                yield np.array([[a, i, j], [0, b, k], [0, 0, c]])


def _reduced(matrix: NDArray[np.int64], lattice: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same supercell with shorter edges: vectors are subtracted from each other while one gets shorter."""
    rows = matrix.copy()
    shorter = True
    while shorter:
        shorter = False
        for i, j in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
            edges = rows @ lattice
            times = round(float(edges[i] @ edges[j] / (edges[j] @ edges[j])))
            if times and np.linalg.norm(edges[i] - times * edges[j]) < np.linalg.norm(edges[i]) - 1e-6:
                rows[i] -= times * rows[j]
                shorter = True
    return rows if np.linalg.det(rows) > 0 else -rows


def _lattice_points(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """The points (size, 3) of the primitive lattice in one supercell."""
    size = round(abs(float(np.linalg.det(matrix))))
    corners = np.array(list(product((0, 1), repeat=3))) @ matrix
    ranges = [range(int(low), int(high) + 1) for low, high in zip(corners.min(0), corners.max(0), strict=True)]
    grid = np.array(list(product(*ranges)))
    inside = grid @ np.linalg.inv(matrix)
    kept = grid[((inside > -1e-8) & (inside < 1 - 1e-8)).all(axis=1)]
    assert len(kept) == size
    return kept


def _permutations(
    cell: AverageCell,
    matrix: NDArray[np.int64],
    points: NDArray[np.int64],
    positions: NDArray[np.float64],
    lattice: NDArray[np.float64],
    classes: NDArray[np.int64],
) -> NDArray[np.int64]:
    inverse = np.linalg.inv(matrix)
    found = {tuple(range(len(positions)))}
    tree = cKDTree(positions, boxsize=1.0)
    primitive = positions @ matrix
    for rotation, translation in zip(cell.rotations, cell.translations, strict=True):
        turned = matrix @ rotation.T @ inverse
        if np.abs(turned - np.rint(turned)).max() > 1e-6:
            continue  # the operation moves the supercell
        for point in points:
            images = ((primitive @ rotation.T + translation + point) @ inverse) % 1.0 % 1.0
            _, target = tree.query(images)
            steps = images - positions[target]
            off = np.linalg.norm((steps - np.rint(steps)) @ lattice, axis=1).max()
            if off < SAME and len(set(target.tolist())) == len(target) and (classes[target] == classes).all():
                found.add(tuple(target.tolist()))
    return np.array(sorted(found))
