"""Primitive cells scaled to a volume of 1 per atom, alone and as a table of many of one formula."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .neighbours import reduced_lattice

FIRST_ROWS = 8


class Cell:
    """A primitive cell of n atoms.

    symbol          meaning                                                      shape
    lattice         row vectors, scaled                                          (3, 3)
    frac_coords     fractional coordinates                                       (n, 3)
    atomic_numbers  element of each atom                                         (n,)
    lengths         of the row vectors                                           (3,)
    angles          α, β, γ in radians                                           (3,)
    order           indices of the atoms by element, the rarest element first    (n,)
    counts          pairs of an element and its number of atoms, in that order
    pivot           first atom of the rarest element: the one that is shifted onto its like
    """

    def __init__(
        self, lattice: NDArray[np.float64], frac_coords: NDArray[np.float64], atomic_numbers: NDArray[np.int64]
    ) -> None:
        volume = abs(float(np.linalg.det(lattice)))
        self.lattice = lattice * (len(atomic_numbers) / volume) ** (1 / 3)
        self.frac_coords, self.atomic_numbers = frac_coords, atomic_numbers
        self.lengths = np.sqrt((self.lattice**2).sum(1))
        a, b, c = self.lattice / self.lengths[:, None]
        self.angles = np.arccos(np.clip([b @ c, a @ c, a @ b], -1.0, 1.0))
        numbers, inverse, counts = np.unique(atomic_numbers, return_inverse=True, return_counts=True)
        self.order = np.lexsort((atomic_numbers, counts[inverse]))
        self.pivot = int(np.argmin(counts[inverse]))
        by_number = sorted(zip(counts.tolist(), numbers.tolist(), strict=True))
        self.counts = tuple((number, count) for count, number in by_number)

    @cached_property
    def minima(self) -> NDArray[np.float64]:
        """Successive minima of the lattice, (3,), ascending."""
        return np.sqrt((reduced_lattice(self.lattice) ** 2).sum(1))

    @property
    def block_sizes(self) -> list[int]:
        """Number of atoms of each element, in the order of ``counts``."""
        return [count for _, count in self.counts]

    @cached_property
    def blocks(self) -> list[slice]:
        """The places of each element in ``order``."""
        ends = np.cumsum(self.block_sizes).tolist()
        return [slice(end - size, end) for end, size in zip(ends, self.block_sizes, strict=True)]

    def atoms_of_pivot(self, elements: NDArray[np.int64]) -> NDArray[np.int64]:
        """Indices (m, t) of the atoms of m elements that are as rare as the rarest one."""
        atoms = {z: self.order[block] for (z, _), block in zip(self.counts, self.blocks, strict=True)}
        return np.stack([atoms[z] for z in elements.tolist()])


class Rows:
    """An array with rows that can be added at little cost."""

    def __init__(self) -> None:
        self._filled = 0
        self._array = np.zeros((0, 0))

    @property
    def filled(self) -> NDArray[np.float64]:
        """The rows, (m, …)."""
        return self._array[: self._filled]

    def append(self, row: NDArray[np.float64]) -> None:
        """Adds a row; all have one shape."""
        if self._filled == len(self._array):
            grown = np.empty((max(FIRST_ROWS, 2 * self._filled), *row.shape))
            if self._filled:
                grown[: self._filled] = self._array
            self._array = grown
        self._array[self._filled] = row
        self._filled += 1


class CellTable:
    """m cells with the same elements in the same numbers.

    symbol         meaning                                                              shape
    cells          the cells
    lengths        of the row vectors                                                   (m, 3)
    angles         in radians                                                           (m, 3)
    coords         fractional coordinates, the atoms in the ``order`` of each cell      (m, n, 3)
    pivot          fractional coordinates of the pivot                                  (m, 3)
    pivot_element  atomic number of the pivot                                           (m,)
    """

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._lengths, self._angles, self._coords, self._pivot, self._pivot_element = (Rows() for _ in range(5))

    def add(self, cell: Cell) -> None:
        """Adds a cell."""
        self.cells.append(cell)
        self._lengths.append(cell.lengths)
        self._angles.append(cell.angles)
        self._coords.append(cell.frac_coords[cell.order])
        self._pivot.append(cell.frac_coords[cell.pivot])
        self._pivot_element.append(cell.atomic_numbers[cell.pivot : cell.pivot + 1].astype(np.float64))

    @property
    def lengths(self) -> NDArray[np.float64]:
        """Lengths of the row vectors, (m, 3)."""
        return self._lengths.filled

    @property
    def angles(self) -> NDArray[np.float64]:
        """Angles in radians, (m, 3)."""
        return self._angles.filled

    @property
    def coords(self) -> NDArray[np.float64]:
        """Fractional coordinates by element, (m, n, 3)."""
        return self._coords.filled

    @property
    def pivot(self) -> NDArray[np.float64]:
        """Fractional coordinates of the pivots, (m, 3)."""
        return self._pivot.filled

    @property
    def pivot_element(self) -> NDArray[np.int64]:
        """Atomic numbers of the pivots, (m,)."""
        return self._pivot_element.filled[:, 0].astype(np.int64)
