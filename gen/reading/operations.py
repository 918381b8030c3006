"""Symmetry operations as text, ``-y+1/2, x, z+1/4``, and as arrays; the test that a list of them is a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TERM = re.compile(r"([+-]?)(?:(\d{1,9}\.?\d{0,9}|\.\d{1,9})(?:/(\d{1,4}))?)?\*?([xyz]?)")
PARTS = 5040  # parts of a cell edge that translations are counted in; a multiple of 2 to 10, 12, 24, …
ROUNDED = 6e-3  # a translation written as a decimal, 0.33, is the next multiple of 1/24 within this
MAX_OPERATIONS = 1_536  # eight times the largest space group
MAX_CENTRINGS = 64  # pure translations


@dataclass(frozen=True, eq=False)
class Operations:
    """Symmetry operations x → R x + t on column vectors of fractional coordinates; identity first.

    symbol        meaning                                shape, unit
    rotations     R                                      (m, 3, 3)
    translations  t, in parts of a cell edge, 0 to 5039  (m, 3)
    """

    rotations: NDArray[np.int64]
    translations: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rotations)

    @property
    def shifts(self) -> NDArray[np.float64]:
        """Translations as fractions of the cell, (m, 3)."""
        return self.translations / PARTS

    def same_as(self, other: Operations) -> bool:
        """Whether both are the same set."""
        return len(self) == len(other) and _rows(self) == _rows(other)


def _rows(operations: Operations) -> set[bytes]:
    rows = np.concatenate([operations.rotations.reshape(-1, 9), operations.translations], axis=1)
    return {row.tobytes() for row in rows.astype(np.int64)}


@lru_cache(maxsize=100_000)
def triplet(text: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Rotation (9 integers) and translation (3, in parts) of a text; None if it is not one."""
    axes = [_axis(axis) for axis in text.lower().replace(" ", "").strip("'\"").split(",")]
    found = [axis for axis in axes if axis is not None]
    if len(axes) != 3 or len(found) != 3:
        return None
    return tuple(r for row, _ in found for r in row), tuple(t % PARTS for _, t in found)


def _axis(text: str) -> tuple[list[int], int] | None:
    """A row of the rotation and the translation of one axis, ``-y+1/2``; None if a term is not understood."""
    row, translation, position = [0, 0, 0], 0, 0
    while position < len(text):
        found = TERM.match(text, position)
        is_term = found is not None and (found[2] or found[4]) and (found[1] or position == 0)
        if found is None or not is_term or found[3] == "0":
            return None
        size = float(found[2] or 1) / float(found[3] or 1) * (-1 if found[1] == "-" else 1)
        if not found[4]:
            translation += _parts(size, is_decimal="." in found[2])
        elif size == round(size):
            row["xyz".index(found[4])] += round(size)
        else:
            return None
        position = found.end()
    return (row, translation) if any(row) else None


def _parts(size: float, is_decimal: bool) -> int:
    ideal = round(size * 24) / 24
    return round((ideal if is_decimal and abs(size - ideal) <= ROUNDED else size) * PARTS)


def operations_of(texts: Sequence[str]) -> Operations | str:
    """The operations that are listed, each once, identity first; or what is wrong with them."""
    return _operations(tuple(texts))


@lru_cache(maxsize=1_000)
def _operations(texts: tuple[str, ...]) -> Operations | str:
    if len(texts) > MAX_OPERATIONS:
        return f"{len(texts):,} symmetry operations are listed; a space group has at most 192"
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], None] = {((1, 0, 0, 0, 1, 0, 0, 0, 1), (0, 0, 0)): None}
    for text in texts:
        operation = triplet(text)
        if operation is None:
            return f"the symmetry operation {text[:60]!r} is not one such as 'x, y, z+1/2'"
        found[operation] = None
    rotations = np.array([r for r, _ in found], dtype=np.int64).reshape(-1, 3, 3)
    if (np.abs(np.round(np.linalg.det(rotations))) != 1).any():
        return "a listed symmetry operation changes the volume"
    return Operations(rotations, np.array([t for _, t in found], dtype=np.int64))


def products(first: Operations, second: Operations) -> Operations:
    """Every operation of the first after every one of the second, each once."""
    rotations = np.einsum("aij,bjk->abik", first.rotations, second.rotations).reshape(-1, 9)
    moved = np.einsum("aij,bj->abi", first.rotations, second.translations) + first.translations[:, None]
    rows = np.concatenate([rotations, moved.reshape(-1, 3) % PARTS], axis=1)
    rows = np.array(list(dict.fromkeys(map(tuple, rows))), dtype=np.int64)
    return Operations(rows[:, :9].reshape(-1, 3, 3), rows[:, 9:])


@lru_cache(maxsize=1_000)
def is_group(operations: Operations) -> bool:
    """Whether the product of every two operations is one of them (translations to two parts of 5,040).

    The pure translations T must be a group, and each rotation must come with one coset of T; then the products of
    one operation per rotation suffice.
    """
    codes = _codes(operations.rotations)
    known, first, counts = np.unique(codes, return_index=True, return_counts=True)
    pure = operations.translations[codes == _codes(np.eye(3, dtype=np.int64)[None])[0]]
    if not 0 < len(pure) <= MAX_CENTRINGS or (counts != len(pure)).any():
        return False
    rotations, shifts = operations.rotations[first], operations.translations[first]
    own = shifts[np.searchsorted(known, codes)]
    products = _codes(np.einsum("aij,bjk->abik", rotations, rotations).reshape(-1, 3, 3))
    place = np.minimum(np.searchsorted(known, products), len(known) - 1)
    if (known[place] != products).any():
        return False
    moved = (np.einsum("aij,bj->abi", rotations, shifts) + shifts[:, None]).reshape(-1, 3)
    sums = (pure[:, None] + pure[None]).reshape(-1, 3)
    turned = np.einsum("aij,bj->abi", rotations, pure).reshape(-1, 3)
    offsets = np.concatenate([operations.translations - own, moved - shifts[place], sums, turned])
    return _all_in(offsets, pure)


def _all_in(offsets: NDArray[np.int64], pure: NDArray[np.int64]) -> bool:
    """Whether each offset (k, 3) is one of the pure translations (t, 3), to two parts and whole cells."""
    left = np.unique(offsets % PARTS, axis=0)
    for translation in pure:
        distance = (left - translation) % PARTS
        left = left[np.minimum(distance, PARTS - distance).max(axis=1) > 2]
    return len(left) == 0


def _codes(rotations: NDArray[np.int64]) -> NDArray[np.int64]:
    return (rotations.reshape(-1, 9) + 8) @ (17 ** np.arange(9))


def keeps_cell(operations: Operations, lattice: NDArray[np.float64], tolerance: float) -> bool:
    """Whether the cell (3, 3) keeps its relative lengths and the cosines of its angles under all rotations."""
    lengths = np.linalg.norm(lattice, axis=1)
    metric = (lattice / lengths[:, None]) @ (lattice / lengths[:, None]).T * np.outer(lengths, lengths)
    scale = np.outer(lengths, lengths)
    changes = (operations.rotations.transpose(0, 2, 1) @ metric @ operations.rotations - metric) / scale
    changes[:, range(3), range(3)] /= 2  # squares of lengths
    return bool(np.abs(changes).max() <= tolerance)
