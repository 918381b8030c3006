"""Compositions that the Wyckoff positions of a space group can hold: exact, and quick for large cells.

Orbits are placed in canonical order: positions a, b, c, …, and on one position by atomic number. A position without
free coordinates holds at most one orbit, any other as many as fit. Counts refer to the primitive cell.

Positions with free coordinates are never used up, so that each element can be treated alone there. Those without are
few: only how many of each size are in use has to be tried, whatever the number of atoms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .site_counts import LARGEST, positions

Use = tuple[int, ...]  # positions without free coordinates in use, by number of sites


def fits(space_group: int, counts: Sequence[int]) -> bool:
    """Whether a choice of Wyckoff positions holds exactly these numbers of atoms of distinct elements."""
    return can_finish(space_group, 0, tuple(counts), 0)


@lru_cache(maxsize=300_000)
def can_finish(space_group: int, position: int, counts: tuple[int, ...], lowest: int) -> bool:
    """Whether positions from ``position`` on can hold the remaining atoms.

    ``counts`` are in order of atomic number. If ``position`` has free coordinates, it may itself hold only elements
    from index ``lowest`` on.
    """
    if max(counts, default=0) > LARGEST:
        return False
    _, free = positions(space_group)
    later = position + 1 if position < len(free) and free[position] else position
    needed = [_least_uses(space_group, position if k >= lowest else later, count) for k, count in enumerate(counts)]
    if not all(needed):
        return False
    capacity, _ = _fixed(space_group, position)
    unused = (0,) * len(capacity)
    reached: Sequence[Use] = (unused,)
    for uses in needed:
        if uses != (unused,):
            sums = {tuple(map(sum, zip(one, other, strict=True))) for one in reached for other in uses}
            reached = _minimal(use for use in sums if all(u <= c for u, c in zip(use, capacity, strict=True)))
    return bool(reached)


@lru_cache(maxsize=300_000)
def _least_uses(space_group: int, position: int, count: int) -> tuple[Use, ...]:
    """The smallest uses with which the positions from ``position`` on can hold ``count`` atoms of one element."""
    held = _held_by_free(space_group, position)
    _, uses = _fixed(space_group, position)
    return _minimal(use for use, sites in uses if sites <= count and held[count - sites])


@cache
def _fixed(space_group: int, position: int) -> tuple[Use, list[tuple[Use, int]]]:
    """Positions from ``position`` on without free coordinates, by number of sites: how many, and each use of them.

    A use goes with its number of sites.
    """
    sites, free = positions(space_group)
    sizes, number = np.unique(sites[position:][~free[position:]], return_counts=True)
    uses = product(*(range(n + 1) for n in number.tolist()))
    return tuple(number.tolist()), [(use, int(np.dot(use, sizes))) for use in uses]


@cache
def _held_by_free(space_group: int, position: int) -> NDArray[np.bool_]:
    """Whether positions with free coordinates, from ``position`` on, hold n atoms of one element, (LARGEST + 1,)."""
    sites, free = positions(space_group)
    held = np.zeros(LARGEST + 1, dtype=bool)
    held[0] = True
    for m in set(sites[position:][free[position:]].tolist()):
        for n in range(m, LARGEST + 1, m):
            part = held[n : n + m]
            part |= held[n - m : n][: len(part)]
    return held


def _minimal(uses: Iterable[Use]) -> tuple[Use, ...]:
    """The uses of which no other one needs as few positions of every size."""
    kept: list[Use] = []
    for use in sorted(uses, key=sum):
        if not any(all(k <= u for k, u in zip(less, use, strict=True)) for less in kept):
            kept.append(use)
    return tuple(kept)


def units_that_fit(space_group: int, formula: Sequence[int], most_atoms: int) -> list[int]:
    """Numbers of formula units that the primitive cell of a group can hold, up to an atom limit."""
    return [z for z in range(1, most_atoms // max(sum(formula), 1) + 1) if fits(space_group, [z * c for c in formula])]
