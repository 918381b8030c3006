"""Laws of property targets: draws lie in the interval, texts are read back, tolerances and training ranges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from electrolith import AtLeast, AtMost, Targets
from electrolith.conditioners.interval import Interval
from electrolith.conditioners.property_target import PropertyTarget
from electrolith.conditioners.training_range import range_warnings
from electrolith.gen.properties import SHIPPED, Property
from electrolith.gen.surrogate.model_card import Known

CUSTOM = SHIPPED.extended(
    [
        Property("melting_point", "K", 1200.0, 500.0),
        Property("lifetime", "ns", -1.0, 2.5, log=True, low=1e-4, high=90.0),
    ]
)


@pytest.mark.parametrize("name", SHIPPED.names)
def test_draws_lie_within_the_target_and_depend_on_the_seed_alone(name: str) -> None:
    kind = SHIPPED.named(name)
    middle = kind.centre - 0.2 * kind.width  # within what training has seen
    value = 10**middle if kind.log else middle
    more = value + abs(value)
    for asked, low, high in [
        ((value, more), value, more),
        (AtLeast(value), value, float("inf")),
        (AtMost(value), -float("inf") if name == "formation_energy_per_atom" else 0.0, value),
        (value, value, value),
    ]:
        targets = Targets(**{name: asked})
        drawn = [targets.properties(seed)[name] for seed in range(50)]
        assert all(low - 1e-9 * abs(value) <= x <= high + 1e-9 * abs(value) for x in drawn)
        assert drawn == [targets.properties(seed)[name] for seed in range(50)]
        assert (len(set(drawn)) > 1) == (low != high)


def test_values_near_a_bare_number_count_as_that_number_and_intervals_are_meant() -> None:
    targets = {
        w.name: w
        for w in Targets(bulk_modulus=100, band_gap=4, energy_above_hull=0, shear_modulus="20..40").property_targets
    }
    for name, inside, outside in [
        ("bulk_modulus", (75, 125), (74, 126)),
        ("band_gap", (3.9, 4.1), (3.8, 4.2)),
        ("energy_above_hull", (-0.05, 0.05), (-0.06, 0.06)),
        ("shear_modulus", (20, 40), (19.9, 40.1)),
    ]:
        assert all(value in targets[name].accepted for value in inside)
        assert not any(value in targets[name].accepted for value in outside)
    assert 1e9 in Targets(bulk_modulus=AtLeast(100)).property_targets[0].accepted


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (80, False), (500, True), (2, True), ("50..100", False), ("50..500", True), ("2..50", True), ("0..50", False),
        (">=200", False), (">=400", True), (">=1", False), ("<=50", False), ("<=3", True),
    ],
)  # fmt: skip
def test_targets_beyond_the_training_range_are_reported_with_the_range(asked: object, told: bool) -> None:
    known = Known({"computed": 9}, 5.0, 320.0, None, None, 0, 1.0, 1.0, 1.0, ("Li",))
    sentences = range_warnings(Targets(bulk_modulus=asked, band_gap=99).property_targets, {"bulk_modulus": known})
    assert len(sentences) == told
    assert all("from 5 to 320 GPa" in sentence for sentence in sentences)


@pytest.mark.parametrize("name", CUSTOM.names)
def test_draws_lie_in_the_interval_wherever_it_lies(name: str) -> None:
    rng, p = np.random.default_rng(0), CUSTOM.named(name)
    for _ in range(20):
        low, high = np.sort(np.abs(p.restore(rng.uniform(-3, 3, size=2)))).tolist()
        for interval in (Interval(low, high), Interval(low, math.inf), Interval(0.0, high)):
            target = PropertyTarget(p, interval)
            draws = [target.draw(np.random.default_rng(seed)) for seed in range(10)]
            assert all(low - 1e-9 <= x or interval.low == 0 for x in draws)
            assert all(x in Interval(interval.low * (1 - 1e-9), interval.high * (1 + 1e-9)) for x in draws)


@pytest.mark.parametrize("name", CUSTOM.names)
@pytest.mark.parametrize("value", [0.5, (0.25, 0.75), AtLeast(1e-3), AtMost(3.5)])
def test_a_target_is_read_back_from_its_text(name: str, value: object) -> None:
    target = PropertyTarget.parse(name, value, CUSTOM)
    assert target.quantity is CUSTOM.named(name)
    assert PropertyTarget.parse(name, target.text, CUSTOM) == target
    assert PropertyTarget.parse(name, target.interval, CUSTOM) == target  # a parsed interval is not parsed again
