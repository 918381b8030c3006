"""Hit rates, errors and lifts of a requested property, on results made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from electrolith.conditioners.interval import Interval
from electrolith.conditioners.property_target import PropertyTarget
from electrolith.evaluation.metric import Measure
from electrolith.evaluation.oracle_results import OracleResult
from electrolith.evaluation.requested import RequestedProperty
from electrolith.evaluation.target_metrics import lift_measures, property_measures
from electrolith.gen.properties import SHIPPED

BULK = RequestedProperty(PropertyTarget(SHIPPED.named("bulk_modulus"), Interval(100, 100)))
BARRIER = RequestedProperty(PropertyTarget(SHIPPED.named("li_barrier"), Interval(-math.inf, 0.5)))


def by_key(measures: Sequence[Measure]) -> dict[str, Measure]:
    return {m.key: m for m in measures}


def results(*values: float) -> list[OracleResult]:
    """Results whose raw value is half the corrected one."""
    return [OracleResult(f"c{k}", value / 2, value, requested=100.0) for k, value in enumerate(values)]


def test_hit_rates_count_failed_computations_as_misses() -> None:
    """Five crystals with a target of 100: 80 and 120 are hits, 200 and 50 are not, one is unknown."""
    measures = by_key(property_measures("bulk_modulus", BULK, results(80, 120, 200, 50, math.nan)))
    assert measures["bulk_modulus_hit_rate"].value == pytest.approx(2 / 5)
    assert measures["bulk_modulus_hit_rate_of_judged"].value == pytest.approx(2 / 4)
    assert measures["bulk_modulus_not_judged"].value == pytest.approx(1 / 5)
    assert measures["bulk_modulus_median"].value == pytest.approx(100)
    assert measures["bulk_modulus_mean_absolute_error"].value == pytest.approx((20 + 20 + 100 + 50) / 4)
    assert measures["bulk_modulus_hit_rate_raw"].value == pytest.approx(1 / 5)  # 40, 60, 100, 25: half of each


def test_the_lift_is_the_ratio_of_the_hit_rates() -> None:
    measures = by_key(lift_measures("bulk_modulus", BULK, results(80, 120, 200, 50), results(100, *[300] * 9)))
    assert measures["bulk_modulus_lift"].value == pytest.approx((2 / 4) / (1 / 10))
    assert measures["bulk_modulus_baseline_median"].value == pytest.approx(300)


def test_the_lift_of_a_run_over_itself_is_one() -> None:
    run = results(80, 120, 200, math.nan)
    assert by_key(lift_measures("bulk_modulus", BULK, run, run))["bulk_modulus_lift"].value == 1


def test_a_barrier_without_a_path_counts_as_missed_and_high() -> None:
    rows = [OracleResult("a", math.inf, math.inf), OracleResult("b", 0.3, 0.3), OracleResult("c", math.inf, math.inf)]
    measures = by_key(property_measures("li_barrier", BARRIER, rows))
    assert measures["li_barrier_hit_rate"].value == pytest.approx(1 / 3)
    assert measures["li_barrier_not_judged"].value == 0
    assert 0.3 < measures["li_barrier_median"].value < math.inf
