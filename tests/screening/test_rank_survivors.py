"""Ranking: places by counting who is better, survivors before rejected crystals."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.candidate_table import step_counts
from electrolith.screening.rank_survivors import rank_results
from electrolith.screening.results import READING, Answer, ScreeningResult
from electrolith.validators.verdict import Verdict

STEPS = ("distances", "volume", "charge")
RECIPE = find_recipe(
    {
        "name": "x",
        "checks": [{"check": name} for name in STEPS],
        "rank": [{"by": "volume", "order": "low"}, {"by": "distances", "order": "high", "weight": 3}],
    }
)
FEW = settings(max_examples=40, deadline=None)
VALUES = st.none() | st.sampled_from([0.0, 1.0, 2.5]) | st.floats(allow_nan=False)
ANSWERS = st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3)


def survivor(place: int, volume: float | None, distance: float | None) -> ScreeningResult:
    verdicts = (Verdict("distances", True, distance), Verdict("volume", True, volume))
    return ScreeningResult(place, str(place), None, tuple(Answer(v.name, v, 0.0) for v in verdicts))


def share_of_others_beaten(values: Sequence[float | None], k: int, sign: int) -> float:
    """By comparison with each other survivor: beaten 1, equal one half, and a missing value is beaten by all."""
    mine = values[k]
    if mine is None:
        return 0.0
    if len(values) == 1:
        return 1.0
    others = [other for i, other in enumerate(values) if i != k]
    beaten = [1.0 if other is None or sign * other < sign * mine else 0.5 * (other == mine) for other in others]
    return sum(beaten) / len(others)


@FEW
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12))
def test_the_score_is_the_weighted_share_of_other_survivors_that_are_beaten(
    values: list[tuple[float | None, float | None]],
) -> None:
    ranked = rank_results([survivor(k, *pair) for k, pair in enumerate(values)], RECIPE)
    volumes, distances = ([pair[i] for pair in values] for i in (0, 1))
    for place, one in enumerate(ranked, start=1):
        assert one.rank == place
        low = share_of_others_beaten(volumes, one.place, -1)
        high = share_of_others_beaten(distances, one.place, 1)
        assert one.score == pytest.approx((low + 3 * high) / 4)
    keys = [(-(one.score or 0.0), one.place) for one in ranked]
    assert keys == sorted(keys)


def result(place: int, answers: list[bool | None]) -> ScreeningResult:
    """A crystal that stops at its first check that is not passed; the first crystal of three is unreadable."""
    if place % 3 == 0:
        return ScreeningResult(place, str(place), None, stopped=READING, reason="unreadable")
    given_answers: list[Answer] = []
    for name, passed in zip(STEPS, answers, strict=True):
        given_answers.append(Answer(name, Verdict(name, passed), 0.5))
        if passed is not True:
            return ScreeningResult(place, str(place), None, tuple(given_answers), stopped=name)
    return ScreeningResult(place, str(place), None, tuple(given_answers))


@FEW
@given(st.lists(ANSWERS, max_size=12))
def test_the_counts_of_the_steps_are_those_of_a_count_by_hand(table: list[list[bool | None]]) -> None:
    results = [result(place, answers) for place, answers in enumerate(table)]
    counts = {str(step["check"]): step for step in step_counts(results, RECIPE)}
    readable = [answers for place, answers in enumerate(table) if place % 3]
    assert counts[READING]["came"] == len(table)
    assert counts[READING]["failed"] == len(table) - len(readable)
    for k, name in enumerate(STEPS):
        came = [answers for answers in readable if answers[:k] == [True] * k]
        assert counts[name]["came"] == len(came)
        assert counts[name]["failed"] == sum(answers[k] is False for answers in came)
        assert (
            counts[name]["unknown"] == counts[name]["stopped_as_unknown"] == sum(answers[k] is None for answers in came)
        )
        assert counts[name]["seconds"] == 0.5 * len(came)
    assert sum(one.passed for one in results) == sum(answers == [True] * 3 for answers in readable)
