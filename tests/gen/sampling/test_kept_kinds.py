"""Kinds that crystals keep: of the first skeleton of their seed that is not refused, the same for every attempt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from electrolith.gen.sampling.kept_kinds import KeptKinds
from electrolith.gen.sampling.skeleton_selection import ROUNDS, Kinds
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.skeleton import Skeleton

TARGETS = np.zeros((3, 2), dtype=np.float32)
SEEDS = (5, 6, 7)


class Draws:
    """Skeletons with the element seed % 7 + 1, and a record of all seeds."""

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def __call__(self, seeds: Sequence[int], rows: Sequence[int]) -> list[Skeleton | None]:
        assert len(seeds) == len(rows)
        self.seeds += seeds
        return [Skeleton(1, (0,), (seed % 7 + 1,), 0.0) for seed in seeds]


def element(skeleton: Skeleton) -> str:
    return str(skeleton.elements[0])


def light(skeletons: Sequence[Skeleton]) -> np.ndarray:
    return np.array([0.0 if one.elements[0] <= 3 else np.inf for one in skeletons])


def nothing(skeletons: Sequence[Skeleton]) -> np.ndarray:
    return np.full(len(skeletons), np.inf)


def test_without_a_penalty_the_kind_is_that_of_the_first_skeleton() -> None:
    draws = Draws()
    assert KeptKinds()(Kinds(element, SEEDS), Constraints(), TARGETS, draws) == ["6", "7", "1"]
    assert draws.seeds == list(SEEDS)


def test_refused_skeletons_give_no_kind_and_those_that_pass_keep_theirs() -> None:
    kinds = KeptKinds()(Kinds(element, SEEDS, penalty=light), Constraints(), TARGETS, Draws())
    assert set(kinds) <= {"1", "2", "3"}
    assert kinds[2] == "1"  # its first skeleton passes


def test_a_kind_does_not_depend_on_the_other_crystals_and_is_drawn_once() -> None:
    kept, draws = KeptKinds(), Draws()
    together = kept(Kinds(element, SEEDS, penalty=light), Constraints(), TARGETS, draws)
    alone = KeptKinds()(Kinds(element, SEEDS[1:2], penalty=light), Constraints(), TARGETS[:1], Draws())
    assert alone == together[1:2]
    before = len(draws.seeds)
    assert kept(Kinds(element, SEEDS, penalty=light), Constraints(), TARGETS, draws) == together
    assert len(draws.seeds) == before
    kept(Kinds(element, SEEDS, penalty=light), Constraints(max_atoms=8), TARGETS, draws)  # another request
    assert len(draws.seeds) > before


def test_where_every_skeleton_is_refused_there_is_no_kind_after_a_limited_number_of_draws() -> None:
    draws = Draws()
    assert KeptKinds()(Kinds(element, SEEDS, penalty=nothing), Constraints(), TARGETS, draws) == ["", "", ""]
    assert len(draws.seeds) == ROUNDS * len(SEEDS)
