"""Space groups that can meet constraints, by number of atoms."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .constraints import Constraints
from .feasibility import fits
from .infill import room_beside
from .site_counts import most_orbits

SPACE_GROUPS = range(1, 231)


def feasible_groups(constraints: Constraints, most: int) -> NDArray[np.bool_]:
    """(most + 1, 231): for each number of atoms up to ``most``, the space groups that can meet the constraints."""
    table = np.zeros((most + 1, 231), dtype=bool)
    low, high = max(constraints.min_atoms, 1), min(constraints.max_atoms, most)
    groups = np.array(constraints.space_groups or SPACE_GROUPS)
    if (framework := constraints.framework) is not None:
        needed = len(constraints.required - set(framework.elements))
        room = room_beside(framework)
        for n in range(max(low, framework.n_atoms + 1), high + 1):
            fitting = not framework.sizes or n in framework.sizes
            table[n, framework.space_group] = fitting and room[n - framework.n_atoms] >= max(needed, 1)
        return table
    if constraints.formula is None:
        # every required element needs an orbit
        able = _most_orbits_of_all()[low : high + 1] >= max(len(constraints.required), 1)
        table[low : high + 1, groups] = able[:, groups]
        return table
    counts = tuple(constraints.formula[z] for z in sorted(constraints.formula))
    for z in range(1, high // sum(counts) + 1):
        if low <= z * sum(counts) and constraints.allows_units(z):
            table[z * sum(counts), groups] = [fits(g, [z * c for c in counts]) for g in groups.tolist()]
    return table


@cache
def _most_orbits_of_all() -> NDArray[np.int64]:
    """Largest number of orbits of n atoms in each space group, (LARGEST + 1, 231)."""
    columns = [most_orbits(g)[0] for g in SPACE_GROUPS]
    return np.stack([np.full_like(columns[0], -1), *columns], axis=1)
