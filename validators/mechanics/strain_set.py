"""The smallest set of strains that determines the elastic tensor of a crystal with a given point group.

Each strain represents all its images under the point group. Strains that are images of others are left out, as long as
every direction of strain keeps enough weight: two strains instead of twelve for a cubic crystal in its usual axes.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...gen.symmetry.space_group_search import STRICT_SYMPREC, symmetry_rotations
from .elasticity import mandel, tensor_of

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

SIZE = 0.005  # of a strain
ENOUGH = 0.15  # smallest weight of any direction of strain; with all strains each has 1, in cubic crystals 1/3


def strains(rotations: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Strains, (3, 3) each, that determine the tensor of a crystal with these rotations (r, 3, 3)."""
    units = [tensor_of(unit) for unit in np.eye(6)]
    orbits = [mandel(np.einsum("rij,jk,rlk->ril", rotations, unit, rotations)) for unit in units]
    weights = [orbit.T @ orbit / len(orbit) for orbit in orbits]
    chosen = next(
        max(able, key=lambda some: _smallest_weight(weights, some))
        for number in range(1, 7)
        if (able := [some for some in combinations(range(6), number) if _smallest_weight(weights, some) >= ENOUGH])
    )
    chosen_strains = []
    for k in chosen:
        chosen_strains.append(SIZE * units[k])
        opposite_is_equivalent = np.abs(orbits[k] + mandel(units[k])).max(1).min() < 1e-3
        if not opposite_is_equivalent:
            chosen_strains.append(-SIZE * units[k])
    return chosen_strains


def _smallest_weight(weights: list[NDArray[np.float64]], chosen: tuple[int, ...]) -> float:
    return float(np.linalg.eigvalsh(np.sum([weights[k] for k in chosen], axis=0)).min())


def point_group(crystal: Crystal) -> NDArray[np.float64]:
    """The rotations of the crystal as Cartesian matrices, (r, 3, 3); the identity where spglib finds none."""
    found = symmetry_rotations(crystal, STRICT_SYMPREC)
    if found is None:
        return np.eye(3)[None]
    axes = crystal.lattice.T
    return np.unique(np.round(axes @ found @ np.linalg.inv(axes), 10), axis=0)
