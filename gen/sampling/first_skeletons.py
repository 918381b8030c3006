"""The first skeletons that seeds draw, without refused ones: crystals keep their kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..skeleton.constraints import Constraints
from ..skeleton.skeleton import Skeleton
from .derived_seeds import derived_seed
from .skeleton_selection import Kinds, select_skeletons

REMEMBERED = 100_000  # crystals

# (seeds, number of the crystal of each) → the skeletons, None for a failed draw
DrawFresh = Callable[[Sequence[int], Sequence[int]], Sequence[Skeleton | None]]


class FirstSkeletons:
    """The first skeletons of crystals, remembered where some are refused: each attempt at a crystal asks again."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Skeleton | None] = {}

    def __call__(
        self, kinds: Kinds, constraints: Constraints, conditions: NDArray[np.float32], draw: DrawFresh
    ) -> Sequence[Skeleton | None]:
        """The skeleton of each crystal, whose targets are a row of ``conditions``; None where none was drawn."""
        if kinds.penalty is None:
            return draw(kinds.seeds, range(len(conditions)))
        request = (kinds.penalty, repr(constraints))
        keys = [(*request, seed, row.tobytes()) for seed, row in zip(kinds.seeds, conditions, strict=True)]
        fresh = [k for k, key in enumerate(keys) if key not in self._known]

        def draw_again(rows: Sequence[int], numbers: Sequence[int]) -> Sequence[Skeleton | None]:
            crystals = [fresh[row] for row in rows]
            pairs = zip(crystals, numbers, strict=True)
            return draw(
                [derived_seed(kinds.seeds[k], number) if number else kinds.seeds[k] for k, number in pairs], crystals
            )

        found = select_skeletons(len(fresh), draw_again, kinds.penalty, 1).skeletons
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known |= {keys[k]: best[0] if best else None for k, best in zip(fresh, found, strict=True)}
        return [self._known[key] for key in keys]
