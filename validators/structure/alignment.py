"""Comparison of one crystal with many by the steps of pymatgen's StructureMatcher, for all of them at once.

StructureMatcher maps the lattice of one crystal onto that of the other within tolerances of lengths and angles, shifts
an atom onto an atom of its element, asks whether each atom has a partner of its element in a box, and measures the
distances for these few. Most pairs fail early. Here each step is done for all pairs that are left, so that a different
pair takes microseconds instead of milliseconds. Tolerances of MatterGen (Zeni et al., Nature 639, 624 (2025)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lattice_vectors import LatticeVectors
from .primitive_cell import Cell, CellTable

LTOL, STOL, ANGLE_TOL = 0.2, 0.3, 5.0  # of lengths, of distances / (volume per atom)^(1/3), and of angles, °
SLACK = 1e-6  # added to the tolerances of all steps but the last, so that rounding loses no pair
RATIO = 1 + LTOL + SLACK
FIRST_CHUNK, LARGEST_CHUNK = 4, 512  # cells compared at once: few at first, since the likely ones come first
MOST_DIFFERENCES = 500_000  # of coordinates at once
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def first_same(one: Cell, others: CellTable, places: Places) -> int | None:
    """Position in ``places`` of the first cell of ``others`` that is the same as ``one``; None without one.

    All have the same elements in the same numbers. Same: for StructureMatcher with primitive cells and scaled volumes.
    """
    vectors = LatticeVectors(one.lattice)
    start, size = 0, FIRST_CHUNK
    while start < len(places):
        found = _first_of_chunk(one, vectors, others, places[start : start + size])
        if found is not None:
            return start + found
        start, size = start + size, min(4 * size, LARGEST_CHUNK)
    return None


def _first_of_chunk(one: Cell, vectors: LatticeVectors, others: CellTable, places: Places) -> int | None:
    # the i-th shortest of three independent vectors is at least as long as the i-th minimum of the lattice
    likely = np.flatnonzero((one.minima <= RATIO * np.sort(others.lengths[places], axis=1)).all(1))
    owner, mapped = _mappings(vectors, others.lengths[places[likely]], others.angles[places[likely]])
    owner = likely[owner]
    if not len(owner):
        return None
    cells = places[owner]
    moved = one.frac_coords @ one.lattice @ np.linalg.inv(mapped)  # (m, n, 3), in the mapped lattices
    mean = MeanLattices.of(mapped, others.lengths[cells], others.angles[cells])
    pivots = one.atoms_of_pivot(others.pivot_element[cells])  # (m, t)
    shifts = np.take_along_axis(moved, pivots[:, :, None], 1) - others.pivot[cells][:, None]  # (m, t, 3)
    each = shifts.shape[1]
    chunk = max(1, MOST_DIFFERENCES // (3 * max(one.block_sizes) * each))  # mappings
    for start in range(0, len(owner), chunk):
        mapping = np.repeat(np.arange(start, min(start + chunk, len(owner))), each)
        shift = shifts[start : start + chunk].reshape(-1, 3)
        trial = Trial(one, others, cells, moved, mean)
        for k in trial.likely(mapping, shift).tolist():
            m = mapping[k]
            if _largest_distance(one, others.cells[cells[m]], mean, m, moved[m], shift[k]) < STOL:
                return int(owner[m])
    return None


def _mappings(vectors: LatticeVectors, lengths: Floats, angles: Floats) -> tuple[Places, Floats]:
    """Bases of a lattice with the lengths and angles (c, 3) of each cell, within tolerances.

    The cell of each basis (m,), ascending, and the bases as row vectors (m, 3, 3).
    """
    if not len(lengths):
        return np.zeros(0, dtype=np.int64), np.zeros((0, 3, 3))
    vectors.reach(RATIO * float(lengths.max()))
    first = np.searchsorted(vectors.lengths, lengths / RATIO, "right")  # (c, 3): the vectors of a length are a range
    count = np.maximum(np.searchsorted(vectors.lengths, lengths * RATIO, "left") - first, 0)
    tolerance = np.radians(ANGLE_TOL) + SLACK
    low = np.cos(np.minimum(angles + tolerance, np.pi)) - SLACK
    high = np.cos(np.maximum(angles - tolerance, 0.0)) + SLACK

    def kept(owner: Places, one_vector: Places, other_vector: Places, angle: int) -> NDArray[np.bool_]:
        found = vectors.cosines(one_vector, other_vector)
        return (found >= low[owner, angle]) & (found <= high[owner, angle])

    owner, a = _each(first[:, 0], count[:, 0])
    row, b = _each(first[owner, 1], count[owner, 1])
    fit = kept(owner[row], a[row], b, 2)
    owner, a, b = owner[row][fit], a[row][fit], b[fit]
    row, c = _each(first[owner, 2], count[owner, 2])
    fit = kept(owner[row], b[row], c, 0)
    row, c = row[fit], c[fit]
    fit = kept(owner[row], a[row], c, 1)
    row, c = row[fit], c[fit]
    chosen = np.stack([a[row], b[row], c], axis=1)
    basis = np.abs(np.abs(np.linalg.det(vectors.images[chosen])) - 1.0) < 0.5
    return owner[row][basis], vectors.vectors[chosen[basis]]


def _each(first: Places, count: Places) -> tuple[Places, Places]:
    """All members of the ranges that start at ``first``: the range of each, and the member."""
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(count) - count - first, count)


@dataclass(frozen=True)
class MeanLattices:
    """The lattices with the mean lengths and angles of each mapped lattice and that of its cell.

    symbol   meaning                                                     shape
    lengths  of the vectors                                              (m, 3)
    angles   in radians                                                  (m, 3)
    rows     row vectors                                                 (m, 3, 3)
    scale    (volume per atom)^(1/3)                                     (m,)
    box      largest difference of fractional coordinates: twice ``STOL`` between the planes of the lattice   (m, 3)
    """

    lengths: Floats
    angles: Floats
    rows: Floats
    scale: Floats
    box: Floats

    @classmethod
    def of(cls, mapped: Floats, lengths: Floats, angles: Floats) -> MeanLattices:
        """The lattices between ``mapped`` (m, 3, 3) and the lattices with these lengths and angles (m, 3)."""
        edges = np.sqrt((mapped**2).sum(2))
        unit = mapped / edges[:, :, None]
        cosines = np.stack([(unit[:, i] * unit[:, j]).sum(1) for i, j in ((1, 2), (0, 2), (0, 1))], axis=1)
        edges = (edges + lengths) / 2
        mean_angles = (np.arccos(np.clip(cosines, -1.0, 1.0)) + angles) / 2
        alpha, beta, gamma = np.cos(mean_angles).T
        sine = np.sin(mean_angles[:, 2])
        across = (alpha - beta * gamma) / sine
        up = np.sqrt(np.maximum(1 - beta**2 - across**2, 1e-12))
        zero, one = np.zeros_like(alpha), np.ones_like(alpha)
        directions = [[one, zero, zero], [gamma, sine, zero], [beta, across, up]]
        rows = np.moveaxis(np.array(directions), -1, 0) * edges[:, :, None]
        flat = sine * up  # volume / product of the edges
        scale = np.cbrt(edges.prod(1) * flat / np.abs(np.linalg.det(mapped)))
        box = 2 * STOL * np.sin(mean_angles) / flat[:, None] / edges * scale[:, None] + SLACK
        return cls(edges, mean_angles, rows, scale, box)


@dataclass(frozen=True)
class Trial:
    """Mappings of the lattice of ``one`` onto those of ``cells`` of ``others``, and its atoms in them (m, n, 3)."""

    one: Cell
    others: CellTable
    cells: Places
    moved: Floats
    mean: MeanLattices

    def likely(self, mapping: Places, shift: Floats) -> Places:
        """Which of the shifted mappings can bring the atoms together.

        In a box: each atom has an atom of its element in the box, as StructureMatcher demands. A mapping is likely if
        one of its shifts also brings the atoms within twice ``STOL`` and, if that leaves one partner for each,
        within ``STOL`` of the mean shift: any shift that succeeds implies that of the partner of its pivot.
        """
        in_box = self._in_box(mapping, shift)
        if not len(in_box):
            return in_box
        pieces = np.array_split(in_box, 1 + 3 * len(in_box) * max(self.one.block_sizes) ** 2 // MOST_DIFFERENCES)
        near = np.concatenate([self._near(mapping[piece], shift[piece]) for piece in pieces])
        return in_box[np.isin(mapping[in_box], mapping[in_box][near])]

    def _apart(self, block: slice, mapping: Places, shift: Floats) -> Floats:
        """Fractional vectors (c, k, k, 3) from the atoms of an element of the other cell to those of ``one``."""
        target = self.others.coords[self.cells[mapping], block] + shift[:, None]
        apart = self.moved[mapping[:, None], self.one.order[block]][:, None] - target[:, :, None]
        return np.asarray(apart - np.round(apart))

    def _in_box(self, mapping: Places, shift: Floats) -> Places:
        left = np.arange(len(mapping))
        for block in self.one.blocks:
            mine = self.one.order[block]
            for atom in range(block.start, block.stop):  # one by one, since few mappings are left after the first
                m = mapping[left]
                target = self.others.coords[self.cells[m], atom] + shift[left]
                apart = self.moved[m[:, None], mine] - target[:, None]  # (c, k, 3)
                apart -= np.round(apart)
                near = np.all(np.abs(apart) <= self.mean.box[m][:, None], axis=-1)
                left = left[near.any(axis=1)]
                if not len(left):
                    return left
        return left

    def _near(self, mapping: Places, shift: Floats) -> NDArray[np.bool_]:
        scale = self.mean.scale[mapping]
        near_enough, unique = np.ones(len(mapping), dtype=bool), np.ones(len(mapping), dtype=bool)
        partners = []
        for block in self.one.blocks:
            vectors = self._apart(block, mapping, shift) @ self.mean.rows[mapping][:, None]
            squares = (vectors**2).sum(-1)  # (c, k, k)
            near = squares <= (2 * STOL * scale[:, None, None] + SLACK) ** 2
            near_enough &= near.any(axis=2).all(axis=1)
            unique &= (near.sum(axis=2) == 1).all(axis=1)
            partners.append(np.take_along_axis(vectors, squares.argmin(2)[:, :, None, None], 2)[:, :, 0])
        chosen = np.concatenate(partners, axis=1)  # (c, n, 3)
        largest = np.sqrt(((chosen - chosen.mean(1, keepdims=True)) ** 2).sum(-1).max(1))
        several_images = (self.mean.box[mapping] >= 0.5).any(axis=1)  # of a partner, in a thin cell
        return several_images | (near_enough & (~unique | (largest <= STOL * scale + SLACK)))


def _largest_distance(one: Cell, other: Cell, mean: MeanLattices, m: int, moved: Floats, shift: Floats) -> float:
    """Largest distance of an atom to its partner, over (volume per atom)^(1/3), after the mean shift is taken out.

    The partners are those with the least sum of squared distances, as in StructureMatcher.
    """
    from pymatgen.core import Lattice
    from pymatgen.util.coord_cython import pbc_shortest_vectors
    from scipy.optimize import linear_sum_assignment

    lattice = Lattice(mean.rows[m])
    tolerance = np.array(lattice.get_lll_reduced_lattice().reciprocal_lattice.abc) * STOL * mean.scale[m] / np.pi
    different = (other.atomic_numbers[:, None] != one.atomic_numbers).astype(np.int64)
    vectors, squares = pbc_shortest_vectors(
        lattice, other.frac_coords + shift, moved % 1.0, different, return_d2=True, lll_frac_tol=tolerance
    )
    rows, columns = linear_sum_assignment(squares)
    chosen = vectors[rows, columns]
    return float(np.sqrt(((chosen - chosen.mean(0)) ** 2).sum(1).max()) / mean.scale[m])
