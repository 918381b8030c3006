"""Laws of intervals: text round trips, intersections, one parse of a target."""

from __future__ import annotations

import math

import numpy as np
import pytest

from electrolith import AtLeast, AtMost
from electrolith.conditioners.interval import Interval, intersections, split_target
from electrolith.gen.errors import UserError


def random_intervals(n: int) -> list[Interval]:
    """Values, ranges and bounds over many orders of magnitude."""
    rng = np.random.default_rng(0)
    out = []
    for _ in range(n):
        low, high = sorted((rng.normal(size=2) * 10.0 ** rng.integers(-8, 8, size=2)).tolist())
        out.append([Interval(low, high), Interval(low, low), Interval(low, math.inf), Interval(-math.inf, high)])
    return [interval for four in out for interval in four]


@pytest.mark.parametrize("interval", random_intervals(10), ids=lambda interval: interval.text)
def test_an_interval_is_read_back_from_its_text(interval: Interval) -> None:
    assert Interval.parse("x", interval.text) == interval
    sign = "" if interval.text[0] in "<>" else "="
    assert split_target(f"x{sign}{interval.text}") == ("x", interval)


@pytest.mark.parametrize(
    ("value", "interval"),
    [
        (100, (100, 100)), ("100", (100, 100)), ("=100", (100, 100)), ("80..120", (80, 120)), ([80, 120], (80, 120)),
        ("80 .. 1.2e2", (80, 120)), ((80, 120), (80, 120)), (">= .5", (0.5, math.inf)), (AtLeast(2), (2, math.inf)),
        (AtMost(-3), (-math.inf, -3)), (Interval(1, 2), (1, 2)), ("≥ 5", (5, math.inf)),
        ("−5", (-5, -5)), ("-0", (0, 0)),
    ],
)  # fmt: skip
def test_an_interval_may_be_written_in_many_ways(value: object, interval: tuple[float, float]) -> None:
    assert Interval.parse("x", value) == Interval(*interval)


def test_the_unit_of_the_property_may_be_written_and_no_other() -> None:
    assert split_target("bulk_modulus>=100 GPa") == ("bulk_modulus", Interval(100, math.inf))
    assert split_target("density=4..5 g/cm3") == ("density", Interval(4, 5))
    with pytest.raises(UserError, match="write the number without 'MPa'; it is in GPa"):
        split_target("bulk_modulus>=100 MPa")
    with pytest.raises(UserError, match="it is in the unit of the property"):
        split_target("my_hardness=3 HV")


@pytest.mark.parametrize(
    "value",
    [
        "stiff", "1..2..3", "120..80", math.nan, math.inf, AtLeast(math.inf), "", "> 5", ">=nan", ">=1e9999",
        "<=1e9999", (None, 2), [1, "a"], {"a": 1}, 10**400, "9" * 5000, None, True,
    ],
)  # fmt: skip
def test_a_value_that_is_not_an_interval_is_refused_by_name(value: object) -> None:
    with pytest.raises(UserError, match=r"^bulk_modulus"):
        Interval.parse("bulk_modulus", value)


def test_an_intersection_holds_the_numbers_of_both_intervals() -> None:
    numbers = np.random.default_rng(1).normal(size=200) * 10
    intervals = [Interval(-5, 8), Interval(0, math.inf), Interval(-math.inf, 3), Interval(2, 2)]
    for one in intervals:
        for other in intervals:
            both = one.intersection("x", other)
            assert both == other.intersection("x", one)
            assert all((x in both) == (x in one and x in other) for x in [*numbers, 2.0])
    with pytest.raises(UserError, match="no number is at least 5 and at most 3"):
        Interval(5, 9).intersection("x", Interval(-math.inf, 3))


def test_all_values_for_one_property_hold_under_any_of_its_names() -> None:
    values = [("dft_bulk_modulus", ">=50"), ("bulk_modulus", Interval(0, 200)), ("band_gap", 3)]
    assert intersections(values) == {"bulk_modulus": Interval(50, 200), "band_gap": Interval(3, 3)}
