"""The primitive cell of a disordered crystal: its places, their classes by symmetry, and its operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..gen.crystal import Crystal
from ..gen.disordered_crystal import FULL_SHARE, DisorderedCrystal
from ..gen.symmetry.space_group_search import STRICT_SYMPREC, standard_cell, symmetry_dataset

Key = tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class AverageCell:
    """The primitive cell of the average crystal.

    symbol        meaning                                             shape, unit
    lattice       a, b, c as rows                                     (3, 3), Å
    positions     fractional coordinates of the places                (n, 3)
    classes       class of each place: equal numbers are equivalent   (n,)
    shares        shares of the places of each class                  c
    rotations     of the operations, x' = W x + w                     (g, 3, 3)
    translations                                                      (g, 3)
    """

    lattice: NDArray[np.float64]
    positions: NDArray[np.float64]
    classes: NDArray[np.int64]
    shares: tuple[Mapping[int, float], ...]
    rotations: NDArray[np.int64]
    translations: NDArray[np.float64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of places of each class, (c,)."""
        return np.bincount(self.classes, minlength=len(self.shares))

    @property
    def mixed(self) -> list[int]:
        """The classes whose places are shared or partly occupied."""
        return [k for k, share in enumerate(self.shares) if len(share) > 1 or min(share.values()) < FULL_SHARE]

    @property
    def counts(self) -> dict[int, float]:
        """Mean number of atoms of each element in the cell."""
        total: dict[int, float] = {}
        for size, share in zip(self.sizes.tolist(), self.shares, strict=True):
            for z, part in share.items():
                total[z] = total.get(z, 0.0) + size * part
        return total


def average_cell(crystal: DisorderedCrystal) -> AverageCell:
    """The primitive cell; the cell as it is, without operations, where spglib finds no symmetry."""
    keys: list[Key] = [tuple(sorted((z, round(n, 4)) for z, n in share.items())) for share in crystal.shares]
    kinds = list(dict.fromkeys(keys))
    numbers = np.array([kinds.index(key) + 1 for key in keys])  # as if each kind of place were an element
    labelled = Crystal.of(crystal.lattice, crystal.frac_coords, numbers)
    found = standard_cell(labelled, STRICT_SYMPREC, primitive=True)
    primitive = labelled if found is None or len(found) > len(labelled) else found
    dataset = symmetry_dataset(primitive, STRICT_SYMPREC)
    if dataset is None:
        orbits = np.arange(len(primitive)) if len(set(keys)) == len(keys) else primitive.atomic_numbers
        rotations, translations = np.eye(3, dtype=np.int64)[None], np.zeros((1, 3))
    else:
        orbits = np.asarray(dataset.equivalent_atoms)
        rotations, translations = np.asarray(dataset.rotations, dtype=np.int64), np.asarray(dataset.translations)
    representatives, classes = np.unique(orbits, return_inverse=True)
    first = [int(np.flatnonzero(orbits == one)[0]) for one in representatives]
    shares = tuple(dict(kinds[int(primitive.atomic_numbers[k]) - 1]) for k in first)
    return AverageCell(
        primitive.lattice, primitive.frac_coords % 1.0, classes.reshape(-1), shares, rotations, translations
    )
