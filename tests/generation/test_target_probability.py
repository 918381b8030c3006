"""Probability of meeting a target: closed forms on linear and logarithmic scales, and barriers without ions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from electrolith.gen.properties import SHIPPED
from electrolith.generation.target_probability import is_ionic, probability_within, target_probability


def test_a_salt_is_ionic_and_an_alloy_is_not() -> None:
    assert is_ionic({3: 6, 15: 2, 16: 8})  # Li3PS4
    assert not is_ionic({3: 9, 49: 1})
    assert not is_ionic({3: 2})


def test_a_barrier_has_a_probability_in_ionic_compositions_only() -> None:
    salt, alloy = {3: 6, 15: 2, 16: 8}, {3: 9, 49: 1}
    probabilities = [
        target_probability(SHIPPED.named(name), [0.3] * 2, [0.1] * 2, 0.0, 0.5, [salt, alloy])
        for name in ("li_barrier", "band_gap")
    ]
    assert probabilities[0][0] > 0.9
    assert probabilities[0][1] == 0
    assert probabilities[1][0] == probabilities[1][1] > 0.9


def test_errors_are_normal_on_the_scale_of_the_property() -> None:
    assert probability_within(SHIPPED.named("li_barrier"), 0.3, 0.1, -math.inf, 0.5) == pytest.approx(ndtr(2))
    assert probability_within(SHIPPED.named("bulk_modulus"), 100, 0.2, 10, 1000) == pytest.approx(ndtr(5) - ndtr(-5))
    assert probability_within(SHIPPED.named("bulk_modulus"), 100, 0.2, 100, math.inf) == pytest.approx(0.5)


def test_many_crystals_at_once_and_one_half_without_a_prediction() -> None:
    probabilities = probability_within(SHIPPED.named("li_barrier"), [0.1, 0.9, np.nan], [0.1, 0.1, 0.1], 0.0, 0.5)
    assert probabilities[0] > 0.8
    assert probabilities[1] < 1e-3
    assert probabilities[2] == 0.5


@given(
    value=st.floats(1, 500),
    spread=st.floats(0.05, 1),
    ends=st.lists(st.floats(0.1, 1000), min_size=3, max_size=3, unique=True),
    name=st.sampled_from(["bulk_modulus", "band_gap"]),
)
def test_probabilities_of_adjacent_intervals_add_up(value: float, spread: float, ends: list[float], name: str) -> None:
    low, middle, high = sorted(ends)
    parts = [probability_within(SHIPPED.named(name), value, spread, *pair) for pair in ((low, middle), (middle, high))]
    assert sum(parts) == pytest.approx(probability_within(SHIPPED.named(name), value, spread, low, high), abs=1e-9)
    assert probability_within(SHIPPED.named(name), value, spread, -math.inf, math.inf) == pytest.approx(1)


@given(low=st.floats(1, 100), factor=st.floats(1.01, 10), spread=st.floats(0.05, 1))
def test_a_modulus_at_the_geometric_mean_of_an_interval_has_the_probability_of_its_half_width(
    low: float, factor: float, spread: float
) -> None:
    centre, high = low * factor, low * factor**2
    expected = math.erf(math.log10(factor) / spread / math.sqrt(2))
    assert probability_within(SHIPPED.named("shear_modulus"), centre, spread, low, high) == pytest.approx(
        expected, abs=1e-9
    )
