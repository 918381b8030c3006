"""How likely a crystal has what was asked for: on linear and logarithmic scales, and where charges leave no sense."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr

from electrolith.gen.properties import SHIPPED
from electrolith.generation.target_probability import is_ionic, probability_within, target_probability


def test_only_ions_wander() -> None:
    assert is_ionic({3: 6, 15: 2, 16: 8})  # Li3PS4
    assert not is_ionic({3: 9, 49: 1})
    assert not is_ionic({3: 2})


def test_a_barrier_counts_among_ions_only() -> None:
    salt, alloy = {3: 6, 15: 2, 16: 8}, {3: 9, 49: 1}
    chances = [
        target_probability(SHIPPED.named(name), [0.3] * 2, [0.1] * 2, 0.0, 0.5, [salt, alloy])
        for name in ("li_barrier", "band_gap")
    ]
    assert chances[0][0] > 0.9
    assert chances[0][1] == 0
    assert chances[1][0] == chances[1][1] > 0.9


def test_errors_are_normal_on_the_scale_of_the_property() -> None:
    assert probability_within(SHIPPED.named("li_barrier"), 0.3, 0.1, -math.inf, 0.5) == pytest.approx(ndtr(2))
    assert probability_within(SHIPPED.named("bulk_modulus"), 100, 0.2, 10, 1000) == pytest.approx(ndtr(5) - ndtr(-5))
    assert probability_within(SHIPPED.named("bulk_modulus"), 100, 0.2, 100, math.inf) == pytest.approx(0.5)


def test_chances_of_many_crystals_are_told_at_once_and_even_where_nothing_is_known() -> None:
    chances = probability_within(SHIPPED.named("li_barrier"), [0.1, 0.9, np.nan], [0.1, 0.1, 0.1], 0.0, 0.5)
    assert chances[0] > 0.8
    assert chances[1] < 1e-3
    assert chances[2] == 0.5
