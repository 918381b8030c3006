"""Selection among skeletons: several draws for one crystal, of which those with the lowest penalties get a geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..skeleton.constraints import Constraints
from ..skeleton.skeleton import Skeleton
from .candidate import SkeletonPenalty

ROUNDS = 24  # draws at most for one crystal

# (crystals that need another skeleton, number of the round) → a skeleton of each, None for a failed draw
DrawRound = Callable[[Sequence[int], int], Sequence[Skeleton | None]]


@dataclass(frozen=True)
class Kinds:
    """Kinds of skeletons that n crystals keep, so that penalties shift no chemistry.

    symbol       meaning
    of           the kind of a skeleton
    seeds        of each crystal, the seed of the skeleton whose kind it keeps unless ``kept`` gives one     n
    kept         of each crystal, its kind                                                                  n or 0
    constraints  of each crystal, constraints that exclude most other kinds                                 n or 0
    """

    of: Callable[[Skeleton], str]
    seeds: Sequence[int]
    kept: Sequence[str] = ()
    constraints: Sequence[Constraints] = ()


@dataclass(frozen=True)
class Selection:
    """Skeletons selected for n crystals.

    symbol     meaning
    skeletons  of each crystal, by ascending penalty; empty if every draw was refused or failed
    redrawn    rounds in which every skeleton so far had a penalty                        (n,)
    """

    skeletons: list[list[Skeleton]]
    redrawn: NDArray[np.int64]


def select_skeletons(
    n: int,
    draw_round: DrawRound,
    penalty: SkeletonPenalty | None,
    finalists: int,
    fits: Callable[[int, Skeleton], bool] = lambda _k, _skeleton: True,
) -> Selection:
    """At most ``finalists`` skeletons for each of n crystals.

    A crystal is drawn again until it has ``finalists`` skeletons without penalty, at most ``ROUNDS`` times. Skeletons
    with an infinite penalty are refused, and those that do not fit their crystal.
    """
    allowed: list[list[tuple[float, Skeleton]]] = [[] for _ in range(n)]
    lowest = np.full(n, np.inf)
    sufficient = np.zeros(n, dtype=np.int64)
    redrawn = np.zeros(n, dtype=np.int64)
    unfinished = list(range(n))
    for number in range(ROUNDS):
        pairs = zip(unfinished, draw_round(unfinished, number), strict=True)
        drawn = [(k, s) for k, s in pairs if s is not None and fits(k, s)]
        penalties = np.zeros(len(drawn)) if penalty is None or not drawn else penalty([s for _, s in drawn])
        for (k, skeleton), value in zip(drawn, penalties, strict=True):
            if value < np.inf:
                allowed[k].append((float(value), skeleton))
                lowest[k] = min(lowest[k], value)
                sufficient[k] += value <= 0
        redrawn[unfinished] += lowest[unfinished] > 0
        unfinished = [k for k in unfinished if sufficient[k] < finalists]
        if not unfinished:
            break
    best = [[s for _, s in sorted(of_crystal, key=lambda pair: pair[0])[:finalists]] for of_crystal in allowed]
    return Selection(best, redrawn)
