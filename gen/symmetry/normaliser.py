"""One description for all equivalent ones: skeletons up to the normaliser of their space group.

The normaliser (Int. Tables A, ch. 15) holds the changes of origin and axes that leave a group's symbol as it is but may
rename its Wyckoff positions: 4a and 4b of Fm-3m, say.
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
    """(m, letters): the distinct ways in which the normaliser renames a group's positions."""
    tables = wyckoff_tables()
    letters = tables.normaliser_of(space_group)[:, : len(tables.positions_of(space_group))]
    return np.unique(letters, axis=0)


def canonical(space_group: int, positions: Sequence[int], elements: Sequence[int]) -> Pairs:
    """The first, in dictionary order, of all equivalent descriptions of a skeleton."""
    first = int(wyckoff_tables().position_start[space_group])
    letters = renamings(space_group)[:, np.asarray(positions) - first] + first
    return min(tuple(sorted(zip(row, elements, strict=True))) for row in letters.tolist())
