"""The easiest endless path through a periodic field: a loop through its highest pass that closes in another cell.

The points below a level form a graph on the grid. The shortest loop through the point of the pass consists of two
branches of its tree of shortest ways and one edge between them; it is endless if the edge closes in another cell. That
cell is in a direction in which no path exists below the pass. Lengths are weighted by exp(E / 0.1 eV), so that the path
keeps to the bottom of valleys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grid_graph import branch, cells_of_tree, grid_edges
from .percolation import translations

SOFTNESS = 0.1  # eV
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class MigrationPath:
    """An endless path from a point to its image in another cell; m points.

    symbol       meaning                              shape, unit
    coordinates  fractional, not wrapped              (m, 3)
    distances    along the path from its first point   (m,), Å
    energies     of the field                         (m,), unit of the field
    """

    coordinates: NDArray[np.float64]
    distances: NDArray[np.float64]
    energies: NDArray[np.float64]

    @property
    def points(self) -> tuple[tuple[float, ...], ...]:
        """Distance, energy and coordinates of each point, rounded."""
        columns = (self.distances.round(3), self.energies.round(4), *self.coordinates.T.round(5))
        return tuple(tuple(float(x) for x in point) for point in zip(*columns, strict=True))


def migration_path(field: NDArray[np.float64], level: float, lattice: NDArray[np.float64]) -> MigrationPath | None:
    """The path through the pass at ``level``, from its lowest point on; None without one, or for a tiny grid.

    ``field`` (nx, ny, nz) is periodic in the cell ``lattice`` (3, 3), rows in Å; ``level`` is a percolation energy of
    the field, on its own scale.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    shape = np.array(field.shape)
    if shape.min() < 3:
        return None
    grid = np.flatnonzero(field <= level + SAME)
    node = np.full(field.size, -1)
    node[grid] = np.arange(len(grid))
    energy = field.reshape(-1)[grid]
    first, second, moved, crossed = grid_edges(grid, node, shape)
    lengths = np.linalg.norm(moved / shape @ lattice, axis=1)
    weights = lengths * np.exp((energy[first] + energy[second] - 2 * energy.min()) / 2 / SOFTNESS)
    graph = csr_matrix((weights, (first, second)), shape=(len(grid), len(grid)))
    start = int(np.abs(energy - level).argmin())
    far, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
    cell = cells_of_tree(grid, before, shape)
    nets = (cell[first] + crossed - cell[second]) @ _new_directions(field < level - SAME)
    loops = np.flatnonzero(np.isfinite(far[first]) & (np.abs(nets) > SAME).any(1))
    if len(loops) == 0:
        return None
    edge = loops[np.argmin((far[first] + weights + far[second])[loops])]
    there = branch(int(first[edge]), before)[::-1]
    back = branch(int(second[edge]), before)
    return _opened([*there, *back], grid, field, lattice)


def _new_directions(is_open: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The projector (3, 3) onto the directions in which no cluster of open points is infinite."""
    known = np.concatenate([np.zeros((1, 3)), *translations(is_open)])
    _, size, axes = np.linalg.svd(known, full_matrices=False)
    axes = axes[size > SAME]
    return np.asarray(np.eye(3) - axes.T @ axes)


def _opened(
    loop: list[int], grid: NDArray[np.int64], field: NDArray[np.float64], lattice: NDArray[np.float64]
) -> MigrationPath:
    """The path along a loop that begins and ends at the pass, from its lowest point to the image of that point."""
    shape = np.array(field.shape)
    points = grid[loop[:-1]]
    points = np.roll(points, -int(field.reshape(-1)[points].argmin()))
    points = np.append(points, points[0])
    places = np.stack(np.unravel_index(points, shape), 1)
    steps = (np.diff(places, axis=0) + 1) % shape - 1
    coordinates = np.vstack([places[:1], places[0] + np.cumsum(steps, 0)]) / shape
    lengths = np.linalg.norm(steps / shape @ lattice, axis=1)
    return MigrationPath(coordinates, np.append(0.0, np.cumsum(lengths)), field.reshape(-1)[points])
