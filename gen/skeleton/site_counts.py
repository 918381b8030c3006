"""Number of sites of the Wyckoff positions in the primitive cell, and the largest number of orbits of n sites."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..symmetry.wyckoff_tables import wyckoff_tables

LARGEST = 400  # largest number of atoms in the primitive cell that the tables cover
NEVER = -1


@cache
def positions(space_group: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Number of sites of each Wyckoff position of a group in the primitive cell; whether it has free coordinates."""
    tables = wyckoff_tables()
    index = np.array(tables.positions_of(space_group))
    return tables.op_count[index], tables.dof[index] > 0


@cache
def most_orbits(space_group: int, full: frozenset[int] = frozenset()) -> NDArray[np.int64]:
    """Largest number of orbits on positions p, p + 1, … that together have n sites: table (positions + 1, LARGEST + 1).

    Entry (p, n) is ``NEVER`` where no choice of positions has n sites. Positions in ``full`` hold no orbit.
    """
    sites, free = positions(space_group)
    table = np.full((len(sites) + 1, LARGEST + 1), -LARGEST - 1)
    table[-1, 0] = 0
    for p in range(len(sites) - 1, -1, -1):
        m = int(sites[p])
        row, after = table[p], table[p + 1]
        row[:] = after
        if p in full:
            continue
        if free[p]:
            for n in range(m, LARGEST + 1, m):
                part = row[n : n + m]
                np.maximum(part, row[n - m : n][: len(part)] + 1, out=part)
        else:
            row[m:] = np.maximum(row[m:], after[:-m] + 1)
    return np.where(table < 0, NEVER, table)
