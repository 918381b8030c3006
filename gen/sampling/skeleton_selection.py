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
WIDE = 128  # draws at once: where few crystals need a skeleton, each gets several draws, since few cost as much as many

# (crystals that need another skeleton, number of the draw of each) → the skeletons, None for a failed draw
DrawSkeletons = Callable[[Sequence[int], Sequence[int]], Sequence[Skeleton | None]]


@dataclass(frozen=True)
class Kinds:
    """Kinds of skeletons that n crystals keep, so that penalties shift no chemistry.

    symbol       meaning
    of           the kind of a skeleton
    seeds        of each crystal, the seed of the skeleton whose kind it keeps unless ``kept`` gives one     n
    kept         of each crystal, its kind                                                                  n or 0
    constraints  of each crystal, constraints that exclude most other kinds                                 n or 0
    penalty      the kind is that of the first skeleton without a penalty; None: of the first
    narrow       constraints for skeletons of the kind of a skeleton; None: they stay as they are
    """

    of: Callable[[Skeleton], str]
    seeds: Sequence[int]
    kept: Sequence[str] = ()
    constraints: Sequence[Constraints] = ()
    penalty: SkeletonPenalty | None = None
    narrow: Callable[[Constraints, Skeleton], Constraints] | None = None


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
    draw: DrawSkeletons,
    penalty: SkeletonPenalty | None,
    finalists: int,
    fits: Callable[[int, Skeleton], bool] = lambda _k, _skeleton: True,
) -> Selection:
    """At most ``finalists`` skeletons for each of n crystals.

    A crystal is drawn again until it has ``finalists`` skeletons without penalty, at most ``ROUNDS`` times. Skeletons
    with an infinite penalty are refused, and those that do not fit their crystal. Draws beyond the last that was needed
    are not used: the selection is the same however many are drawn at once.
    """
    allowed: list[list[tuple[float, Skeleton]]] = [[] for _ in range(n)]
    lowest = np.full(n, np.inf)
    sufficient = np.zeros(n, dtype=np.int64)
    redrawn = np.zeros(n, dtype=np.int64)
    unfinished = list(range(n))
    number = 0
    while unfinished and number < ROUNDS:
        end = min(number + max(1, WIDE // len(unfinished)), ROUNDS)
        for of_number in _drawn(unfinished, range(number, end), draw, penalty, fits):
            unfinished = [k for k in unfinished if sufficient[k] < finalists]
            for k in unfinished:
                skeleton, value = of_number.get(k, (None, np.inf))
                if skeleton is not None and value < np.inf:
                    allowed[k].append((value, skeleton))
                    lowest[k] = min(lowest[k], value)
                    sufficient[k] += value <= 0
            redrawn[unfinished] += lowest[unfinished] > 0
        unfinished = [k for k in unfinished if sufficient[k] < finalists]
        number = end
    best = [[s for _, s in sorted(of_crystal, key=lambda pair: pair[0])[:finalists]] for of_crystal in allowed]
    return Selection(best, redrawn)


def _drawn(
    crystals: Sequence[int],
    numbers: Sequence[int],
    draw: DrawSkeletons,
    penalty: SkeletonPenalty | None,
    fits: Callable[[int, Skeleton], bool],
) -> list[dict[int, tuple[Skeleton, float]]]:
    """For each number the skeletons drawn that fit their crystal, with their penalties."""
    rows, places = [k for _ in numbers for k in crystals], [i for i in range(len(numbers)) for _ in crystals]
    triples = zip(rows, places, draw(rows, [numbers[i] for i in places]), strict=True)
    drawn = [(k, i, s) for k, i, s in triples if s is not None and fits(k, s)]
    penalties = np.zeros(len(drawn)) if penalty is None or not drawn else penalty([s for _, _, s in drawn])
    found: list[dict[int, tuple[Skeleton, float]]] = [{} for _ in numbers]
    for (k, i, skeleton), value in zip(drawn, penalties, strict=True):
        found[i][k] = skeleton, float(value)
    return found
