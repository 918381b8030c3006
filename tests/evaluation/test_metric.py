"""Shares, means, medians and ratios lie in their intervals, which shrink with n and have the promised coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from electrolith.evaluation.metric import Measure, mean, median, ratio, share

Average = Callable[[Sequence[float], str], Measure]
AVERAGES = (lambda values: mean("x", values, "", ""), lambda values: median("x", values, "", ""))


def ratio_of(hits: int, n: int, base_hits: int, m: int) -> Measure:
    return ratio("x", [True] * hits + [False] * (n - hits), [True] * base_hits + [False] * (m - base_hits), "")


def test_intervals_of_shares_hold_the_truth_and_shrink_with_n() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        measure = share("x", (rng.random(200) < 0.7).tolist(), "")
        held += measure.low <= 0.7 <= measure.high
    assert held >= 88  # 95 expected
    few, many = (share("x", (np.arange(n) % 2 == 0).tolist(), "") for n in (20, 2000))
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("n", [1, 7, 100])
def test_shares_of_one_and_zero_have_the_exact_binomial_bound(n: int) -> None:
    """At the bound, n successes in n trials have a probability of 2.5 %."""
    all_true, none_true = share("x", [True] * n, ""), share("x", [False] * n, "")
    assert (all_true.value, all_true.high, none_true.value, none_true.low) == (1.0, 1.0, 0.0, 0.0)
    assert all_true.low**n == pytest.approx(0.025)
    assert none_true.high == pytest.approx(1 - all_true.low)


def test_nothing_has_no_share_and_no_ratio() -> None:
    assert share("x", [], "").n == 0
    assert math.isnan(share("x", [], "").value)
    assert math.isnan(ratio("x", [], [True], "").value)


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("seed", range(5))
def test_an_average_lies_in_its_interval_and_moves_with_its_values(average: Average, seed: int) -> None:
    values = np.random.default_rng(seed).lognormal(size=40)
    measure, moved = average(values), average(3 - 2 * values)
    assert values.min() <= measure.low <= measure.value <= measure.high <= values.max()
    assert moved.value == pytest.approx(3 - 2 * measure.value)
    assert (moved.low, moved.high) == pytest.approx((3 - 2 * measure.high, 3 - 2 * measure.low))


@pytest.mark.parametrize("average", AVERAGES)
def test_a_constant_has_no_spread(average: Average) -> None:
    measure = average([2.5] * 9)
    assert (measure.value, measure.low, measure.high) == (2.5, 2.5, 2.5)


def test_values_that_are_unknown_are_left_out_of_averages() -> None:
    assert mean("x", [1.0, float("nan"), 3.0], "Å", "").value == 2.0
    assert median("x", [1.0, float("nan"), 3.0, 9.0], "Å", "").value == 3.0
    assert median("x", [1.0, float("nan")], "Å", "").n == 1


@pytest.mark.parametrize("base", [0, 3, 20])
def test_a_ratio_lies_in_its_interval_which_shrinks_with_n_and_is_finite(base: int) -> None:
    few, many = (ratio_of(12 * k, 20 * k, base * k, 20 * k) for k in (1, 10))
    assert all(m.low < m.value < m.high < math.inf for m in (few, many))
    assert base == 0 or math.log(many.high / many.low) < math.log(few.high / few.low)


@pytest.mark.parametrize("hits", [1, 17, 30])
def test_the_ratio_of_equal_sets_is_one_in_the_centre_of_its_interval(hits: int) -> None:
    measure = ratio_of(hits, 30, hits, 30)
    assert measure.value == 1
    assert measure.low * measure.high == pytest.approx(1)


def test_the_ratio_of_exchanged_sets_is_the_inverse() -> None:
    one, other = ratio_of(12, 20, 5, 40), ratio_of(5, 40, 12, 20)
    assert (one.value, one.low, one.high) == pytest.approx((1 / other.value, 1 / other.high, 1 / other.low))
