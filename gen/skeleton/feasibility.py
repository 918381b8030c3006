"""Compositions that the Wyckoff positions of a space group can hold: exact, by dynamic programming.

Orbits are placed in canonical order: positions a, b, c, …, and on one position by atomic number. A position without
free coordinates holds at most one orbit, any other as many as fit. Counts refer to the primitive cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from ..symmetry.wyckoff_tables import wyckoff_tables
from .constraints import Constraints
from .skeleton_features import MAX_ATOMS

LARGEST = 256  # largest number of atoms in the primitive cell that the tables cover
NEVER = -1


@cache
def positions(space_group: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Number of sites of each Wyckoff position of a group in the primitive cell; whether it has free coordinates."""
    tables = wyckoff_tables()
    index = np.array(tables.positions_of(space_group))
    return tables.op_count[index], tables.dof[index] > 0


@cache
def most_orbits(space_group: int) -> NDArray[np.int64]:
    """Largest number of orbits on positions p, p + 1, … that together have n sites: table (positions + 1, LARGEST + 1).

    Entry (p, n) is ``NEVER`` where no choice of positions has n sites.
    """
    sites, free = positions(space_group)
    table = np.full((len(sites) + 1, LARGEST + 1), NEVER)
    table[-1, 0] = 0
    for p in range(len(sites) - 1, -1, -1):
        m = int(sites[p])
        row = table[p + 1].copy()
        source = row if free[p] else table[p + 1]
        for n in range(m, LARGEST + 1):
            if source[n - m] != NEVER:
                row[n] = max(row[n], source[n - m] + 1)
        table[p] = row
    return table


def fits(space_group: int, counts: Sequence[int]) -> bool:
    """Whether a choice of Wyckoff positions holds exactly these numbers of atoms of distinct elements."""
    return can_finish(space_group, 0, tuple(counts), 0)


@lru_cache(maxsize=1_000_000)
def can_finish(space_group: int, position: int, counts: tuple[int, ...], lowest: int) -> bool:
    """Whether positions from ``position`` on can hold the remaining atoms.

    ``counts`` are in order of atomic number; ``position`` itself may hold only elements from index ``lowest`` on.
    """
    total = sum(counts)
    if total == 0:
        return True
    most = most_orbits(space_group)
    if position >= len(most) - 1 or total > LARGEST or most[position, total] < sum(c > 0 for c in counts):
        return False
    sites, free = positions(space_group)
    m = int(sites[position])
    for element in range(lowest, len(counts)):
        if counts[element] >= m:
            left = (*counts[:element], counts[element] - m, *counts[element + 1 :])
            step = (position, left, element) if free[position] else (position + 1, left, 0)
            if can_finish(space_group, *step):
                return True
    return can_finish(space_group, position + 1, counts, 0)


def units_that_fit(space_group: int, formula: Sequence[int], most_atoms: int) -> list[int]:
    """Numbers of formula units that the primitive cell of a group can hold, up to an atom limit."""
    return [z for z in range(1, most_atoms // max(sum(formula), 1) + 1) if fits(space_group, [z * c for c in formula])]


@lru_cache(maxsize=4096)
def _group_fits(group: int, n: int, required: int, formula: tuple[int, ...] | None) -> bool:
    """Whether a group can hold n atoms of this formula, or at least this number of required elements."""
    if formula is None:
        return bool(most_orbits(group)[0, n] >= max(required, 1))
    units, rest = divmod(n, sum(formula))
    return rest == 0 and fits(group, [units * c for c in formula])


def feasible_groups(constraints: Constraints) -> NDArray[np.bool_]:
    """(MAX_ATOMS + 1, 231): for each number of atoms, the space groups that can meet the constraints."""
    table = np.zeros((MAX_ATOMS + 1, 231), dtype=bool)
    formula = constraints.formula
    counts = None if formula is None else tuple(formula[z] for z in sorted(formula))
    sizes = list(range(max(constraints.min_atoms, 1), min(constraints.max_atoms, MAX_ATOMS) + 1))
    if counts is not None:
        sizes = [n for n in sizes if n % sum(counts) == 0 and constraints.z in (None, n // sum(counts))]
    for n in sizes:
        for group in constraints.space_groups or range(1, 231):
            table[n, group] = _group_fits(group, n, len(constraints.required), counts)
    return table
