"""Equivalent descriptions of a skeleton under the normaliser of its space group, and the canonical one.

The normaliser (Int. Tables A, ch. 15) contains the changes of origin and axes that keep the symbol of a group but may
rename its Wyckoff positions: 4a and 4b of Fm-3m, for example.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .wyckoff_tables import wyckoff_tables

Pairs = tuple[tuple[int, int], ...]  # (Wyckoff position, element) of each orbit, ascending


@cache
def renamings(space_group: int) -> NDArray[np.int64]:
    """Distinct renamings of the Wyckoff positions of a group by its normaliser, (m, letters)."""
    tables = wyckoff_tables()
    letters = tables.normaliser_of(space_group)[:, : len(tables.positions_of(space_group))]
    return np.unique(letters, axis=0)


def canonical(space_group: int, positions: Sequence[int], elements: Sequence[int]) -> Pairs:
    """Canonical description of a skeleton: the first of all equivalent ones in dictionary order."""
    first = int(wyckoff_tables().position_start[space_group])
    letters = renamings(space_group)[:, np.asarray(positions) - first] + first
    return min(tuple(sorted(zip(row, elements, strict=True))) for row in letters.tolist())
