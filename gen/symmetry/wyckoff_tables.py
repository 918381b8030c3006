"""Wyckoff positions of the 230 space groups, as arrays.

A Wyckoff position is affine: its first representative is r = A θ + b with an integer matrix A and θ = (x, y, z) of
which only the free ones count. Its images follow by symmetry operations r' = W r + w. Everything refers to the
conventional cell of the standard setting (see ``make_wyckoff_tables``). The *index* of a position, 0–1730, counts all
groups through, letters a first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LETTERS = "abcdefghijklmnopqrstuvwxyzA"
CENTRING_CELLS = {  # rows: primitive vectors in units of the conventional ones
    "P": np.eye(3),
    "A": np.array([[1, 0, 0], [0, 0.5, -0.5], [0, 0.5, 0.5]]),
    "C": np.array([[0.5, 0.5, 0], [-0.5, 0.5, 0], [0, 0, 1]]),
    "I": np.array([[-0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.5, 0.5, -0.5]]),
    "F": np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]),
    "R": np.array([[2 / 3, 1 / 3, 1 / 3], [-1 / 3, 1 / 3, 1 / 3], [-1 / 3, -2 / 3, 1 / 3]]),
}
CRYSTAL_SYSTEMS = {  # inclusive ranges of space-group numbers
    "triclinic": (1, 2),
    "monoclinic": (3, 15),
    "orthorhombic": (16, 74),
    "tetragonal": (75, 142),
    "trigonal": (143, 167),
    "hexagonal": (168, 194),
    "cubic": (195, 230),
}


@dataclass(frozen=True)
class WyckoffTables:
    """Tables of n = 1731 positions, o operations and g = 231 space groups, of which row 0 is unused.

    symbol           meaning                                                        shape
    group            space-group number of the position                             (n,)
    letter           0 for a, 1 for b, …                                            (n,)
    multiplicity     sites in the conventional cell                                 (n,)
    dof              free coordinates, 0–3                                          (n,)
    linear, offset   A and b of the first representative                            (n, 3, 3), (n, 3)
    op_start, op_count  images of the position, one per site of the primitive cell  (n,)
    op_rotation, op_translation  W and w of each image                              (o, 3, 3), (o, 3)
    site_start, site_count  operations that keep the representative in place        (n,), (n,)
    site_rotation    W of these operations                                          (…, 3, 3)
    position_start   index of the group's position a                                (g + 1,)
    hall             Hall number of the setting, for spglib                         (g,)
    polar            axes along which the origin is free                            (g, 3)
    centring         P, A, C, I, F or R                                             (g,)
    primitive        primitive vectors in conventional ones                         (g, 3, 3)
    cells            primitive cells in the conventional one                        (g,)
    normaliser_start, normaliser_letters  letter permutations under the normaliser  (g + 1,), (…, 27)
    """

    group: NDArray[np.int64]
    letter: NDArray[np.int64]
    multiplicity: NDArray[np.int64]
    dof: NDArray[np.int64]
    linear: NDArray[np.float64]
    offset: NDArray[np.float64]
    site_symmetry: NDArray[np.str_]
    op_start: NDArray[np.int64]
    op_count: NDArray[np.int64]
    op_rotation: NDArray[np.float64]
    op_translation: NDArray[np.float64]
    site_start: NDArray[np.int64]
    site_count: NDArray[np.int64]
    site_rotation: NDArray[np.float64]
    position_start: NDArray[np.int64]
    hall: NDArray[np.int64]
    polar: NDArray[np.bool_]
    centring: NDArray[np.str_]
    primitive: NDArray[np.float64]
    cells: NDArray[np.int64]
    normaliser_start: NDArray[np.int64]
    normaliser_letters: NDArray[np.int64]

    def positions_of(self, space_group: int) -> range:
        """Indices of a group's Wyckoff positions, a first."""
        return range(int(self.position_start[space_group]), int(self.position_start[space_group + 1]))

    def label(self, index: int) -> str:
        """Multiplicity and letter, e.g. ``4a``."""
        return f"{self.multiplicity[index]}{LETTERS[self.letter[index]]}"

    def normaliser_of(self, space_group: int) -> NDArray[np.int64]:
        """New letter of each letter under each coset of the normaliser, (m, 27)."""
        start, end = self.normaliser_start[space_group - 1 : space_group + 1]
        return self.normaliser_letters[start:end]


def _centring(points: NDArray[np.float64]) -> str:
    found = {tuple(np.round(p * 6).astype(int)) for p in points if np.isfinite(p).all()} - {(0, 0, 0)}
    named = {
        "P": set(),
        "A": {(0, 3, 3)},
        "C": {(3, 3, 0)},
        "I": {(3, 3, 3)},
        "F": {(0, 3, 3), (3, 0, 3), (3, 3, 0)},
        "R": {(4, 2, 2), (2, 4, 4)},
    }
    return next(name for name, vectors in named.items() if vectors == found)


def _pad(array: NDArray[Any]) -> NDArray[Any]:
    """The array with a row 0, which is not a space group."""
    return np.concatenate([np.zeros_like(array[:1]), array])


@cache
def wyckoff_tables() -> WyckoffTables:
    """The tables, read once from the package and read-only."""
    with np.load(Path(__file__).with_name("wyckoff.npz")) as data:
        raw = dict(data)
    group = raw["group"].astype(np.int64)
    centring = np.array(["P"] + [_centring(points) for points in raw["lattice_points"]])
    tables = WyckoffTables(
        group=group,
        letter=raw["letter"].astype(np.int64),
        multiplicity=raw["multiplicity"].astype(np.int64),
        dof=raw["dof"].astype(np.int64),
        linear=raw["linear"].astype(np.float64),
        offset=raw["offset"].astype(np.float64),
        site_symmetry=raw["site_symmetry"],
        op_start=raw["op_start"].astype(np.int64),
        op_count=raw["op_count"].astype(np.int64),
        op_rotation=raw["op_rotation"].astype(np.float64),
        op_translation=raw["op_translation"].astype(np.float64),
        site_start=raw["site_start"].astype(np.int64),
        site_count=raw["site_count"].astype(np.int64),
        site_rotation=raw["site_rotation"].astype(np.float64),
        position_start=np.searchsorted(group, np.arange(232)),
        hall=_pad(raw["hall"].astype(np.int64)),
        polar=_pad(raw["polar"]),
        centring=centring,
        primitive=np.stack([CENTRING_CELLS[str(c)] for c in centring]),
        cells=np.array([{"P": 1, "A": 2, "C": 2, "I": 2, "F": 4, "R": 3}[str(c)] for c in centring]),
        normaliser_start=raw["normaliser_start"].astype(np.int64),
        normaliser_letters=raw["normaliser_letters"].astype(np.int64),
    )
    for array in vars(tables).values():
        array.flags.writeable = False  # the whole process shares them
    return tables


def crystal_system(space_group: int) -> str:
    """Crystal system of a space-group number, e.g. ``cubic`` for 225."""
    return next(name for name, (low, high) in CRYSTAL_SYSTEMS.items() if low <= space_group <= high)
