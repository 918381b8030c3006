"""First skeletons of seeds that are not refused: the same for every attempt at a crystal, drawn once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from electrolith.gen.sampling.first_skeletons import FirstSkeletons
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


def elements(first: FirstSkeletons, kinds: Kinds, constraints: Constraints, draws: Draws) -> list[str]:
    found = first(kinds, constraints, TARGETS[: len(kinds.seeds)], draws)
    return ["" if one is None else element(one) for one in found]


def light(skeletons: Sequence[Skeleton]) -> np.ndarray:
    return np.array([0.0 if one.elements[0] <= 3 else np.inf for one in skeletons])


def nothing(skeletons: Sequence[Skeleton]) -> np.ndarray:
    return np.full(len(skeletons), np.inf)


def test_without_a_penalty_the_kind_is_that_of_the_first_skeleton() -> None:
    draws = Draws()
    assert elements(FirstSkeletons(), Kinds(element, SEEDS), Constraints(), draws) == ["6", "7", "1"]
    assert draws.seeds == list(SEEDS)


def test_refused_skeletons_give_no_kind_and_those_that_pass_keep_theirs() -> None:
    found = elements(FirstSkeletons(), Kinds(element, SEEDS, penalty=light), Constraints(), Draws())
    assert set(found) <= {"1", "2", "3"}
    assert found[2] == "1"  # its first skeleton passes


def test_a_kind_does_not_depend_on_the_other_crystals_and_is_drawn_once() -> None:
    kept, draws = FirstSkeletons(), Draws()
    together = elements(kept, Kinds(element, SEEDS, penalty=light), Constraints(), draws)
    alone = elements(FirstSkeletons(), Kinds(element, SEEDS[1:2], penalty=light), Constraints(), Draws())
    assert alone == together[1:2]
    before = len(draws.seeds)
    assert elements(kept, Kinds(element, SEEDS, penalty=light), Constraints(), draws) == together
    assert len(draws.seeds) == before
    elements(kept, Kinds(element, SEEDS, penalty=light), Constraints(max_atoms=8), draws)  # another request
    assert len(draws.seeds) > before


def test_where_every_skeleton_is_refused_there_is_no_kind_after_a_limited_number_of_draws() -> None:
    draws = Draws()
    assert elements(FirstSkeletons(), Kinds(element, SEEDS, penalty=nothing), Constraints(), draws) == ["", "", ""]
    assert len(draws.seeds) == ROUNDS * len(SEEDS)
