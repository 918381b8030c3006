"""Laws of the selection among skeletons: the lowest penalties win, draws end as soon as they suffice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from electrolith.gen.sampling import skeleton_selection
from electrolith.gen.sampling.skeleton_selection import ROUNDS, select_skeletons
from electrolith.gen.skeleton.skeleton import Skeleton


def numbered(number: float) -> Skeleton:
    return Skeleton(1, (0,), (3,), number)


class Draws:
    """Skeleton r of crystal k has the log-likelihood 100 k + r; failed draws are given."""

    def __init__(self, failed: Sequence[int] = ()) -> None:
        self.failed, self.rounds, self.calls = failed, [0] * 3, 0

    def __call__(self, rows: Sequence[int], numbers: Sequence[int]) -> list[Skeleton | None]:
        self.calls += 1
        for k, number in zip(rows, numbers, strict=True):
            assert number == self.rounds[k], "the draws of a crystal come in order, none twice"
            self.rounds[k] += 1
        pairs = zip(rows, numbers, strict=True)
        return [None if number in self.failed else numbered(100 * k + number) for k, number in pairs]


@pytest.fixture(params=[1, 7, 64, 1000])
def wide(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Number of draws at once."""
    monkeypatch.setattr(skeleton_selection, "WIDE", request.param)
    return int(request.param)


def numbers(skeletons: Sequence[Skeleton]) -> list[float]:
    return [s.log_likelihood for s in skeletons]


def test_without_penalties_the_first_skeletons_are_taken(wide: int) -> None:
    draws = Draws(failed=[0])
    selection = select_skeletons(3, draws, None, 2)
    assert [numbers(of) for of in selection.skeletons] == [[100 * k + 1.0, 100 * k + 2.0] for k in range(3)]
    assert draws.rounds == [3, 3, 3] or wide > 3


@pytest.mark.parametrize("finalists", [1, 3])
def test_the_lowest_penalties_win_in_their_order(finalists: int, wide: int) -> None:
    penalties = np.random.default_rng(0).uniform(0.1, 1, size=ROUNDS)
    selection = select_skeletons(1, Draws(), lambda s: penalties[[int(n) for n in numbers(s)]], finalists)
    assert numbers(selection.skeletons[0]) == np.argsort(penalties)[:finalists].tolist()
    assert selection.redrawn.tolist() == [ROUNDS]


def test_skeletons_that_do_not_fit_their_crystal_are_never_taken(wide: int) -> None:
    selection = select_skeletons(3, Draws(), None, 1, lambda k, s: s.log_likelihood % 100 > 3 * k)
    assert [numbers(of) for of in selection.skeletons] == [[1.0], [104.0], [207.0]]


def test_refused_skeletons_are_never_taken() -> None:
    draws = Draws()
    selection = select_skeletons(1, draws, lambda s: np.full(len(s), np.inf), 2)
    assert selection.skeletons == [[]]
    assert draws.rounds[0] == ROUNDS


def test_a_crystal_is_drawn_again_only_while_it_needs_more_skeletons(wide: int) -> None:
    def penalty(skeletons: Sequence[Skeleton]) -> np.ndarray:  # crystal k is content from round k on
        return np.array([float(n % 100 < n // 100) for n in numbers(skeletons)])

    draws = Draws()
    selection = select_skeletons(3, draws, penalty, 1)
    assert draws.rounds == [1, 2, 3] or wide > 3
    assert selection.redrawn.tolist() == [0, 1, 2]
    assert [numbers(of) for of in selection.skeletons] == [[0.0], [101.0], [202.0]]


def test_few_crystals_get_many_draws_at_once() -> None:
    draws = Draws()
    select_skeletons(3, draws, lambda s: np.ones(len(s)), 1)
    assert draws.rounds == [ROUNDS] * 3
    assert draws.calls == -(-3 * ROUNDS // (skeleton_selection.WIDE // 3 * 3))
