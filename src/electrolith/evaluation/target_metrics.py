"""Measures of one requested property: median, error, hit rate and lift."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from ..validators.transport.percolation import HIGHEST
from .metric import Measure, mean, median, ratio, share
from .oracle_results import OracleResult
from .requested import RequestedProperty

ALL = "all"  # takes the place of the name of a property in measures of all targets together


def property_measures(name: str, requested: RequestedProperty, results: Sequence[OracleResult]) -> list[Measure]:
    """Median, mean absolute error and hit rates of one property, with and without the correction of the bias."""
    unit = requested.target.quantity.unit
    target = f"target {requested.words} {unit}"
    known = [r for r in results if r.is_known]
    errors = [abs(r.value - r.requested) for r in known]
    reasons = Counter(r.reason for r in results if not r.is_known)
    most_frequent = f"; most frequent reason: {reasons.most_common(1)[0][0]}" if reasons else ""
    hits, known_hits = ([requested.meets(r.value) for r in side] for side in (results, known))
    measures = [
        median(f"{name}_median", _capped(r.value for r in known), unit, f"{target}; value by the oracle"),
        mean(f"{name}_mean_absolute_error", errors, unit, "oracle against the value requested of each crystal"),
        share(f"{name}_hit_rate", hits, f"{target}; crystals that meet it, of all"),
        share(f"{name}_hit_rate_of_judged", known_hits, "crystals that meet it, of those that could be computed"),
        share(f"{name}_not_judged", [not r.is_known for r in results], f"could not be computed{most_frequent}"),
    ]
    if any(r.raw != r.value for r in known):
        raw_hits = [requested.meets(r.raw) for r in results]
        measures += [
            median(f"{name}_median_raw", _capped(r.raw for r in known), unit, "bias of the oracle not corrected"),
            share(f"{name}_hit_rate_raw", raw_hits, "crystals that meet it, bias of the oracle not corrected"),
        ]
    if any(not math.isnan(r.one_factor) and r.one_factor != r.value for r in known):
        one_factor = "bias corrected by one factor for all kinds of crystals"
        even = [requested.meets(r.one_factor) for r in results]
        measures += [
            median(f"{name}_median_evenly", _capped(r.one_factor for r in known), unit, one_factor),
            share(f"{name}_hit_rate_evenly", even, f"crystals that meet it, {one_factor}"),
        ]
    if any(math.isfinite(r.predicted) for r in results):
        residuals = [abs(r.value - r.predicted) for r in known]
        measures.append(mean(f"{name}_surrogate_error", residuals, unit, "oracle against the surrogate's prediction"))
    return measures


def lift_measures(
    name: str, requested: RequestedProperty, results: Sequence[OracleResult], base: Sequence[OracleResult]
) -> list[Measure]:
    """Median and hit rate of one property in the baseline, and the lift: the hit rate over that of the baseline."""
    unit = requested.target.quantity.unit
    unknown = [not r.is_known for r in base]
    hits, base_hits = ([requested.meets(r.value) for r in side] for side in (results, base))
    return [
        median(f"{name}_baseline_median", _capped(r.value for r in base if r.is_known), unit, "without the target"),
        share(f"{name}_baseline_not_judged", unknown, "could not be computed, without the target"),
        *lift(name, hits, base_hits),
    ]


def lift(name: str, hits: Sequence[bool], base: Sequence[bool]) -> list[Measure]:
    """Hit rate of the baseline, and the lift."""
    return [
        share(f"{name}_baseline_hit_rate", base, "crystals that meet it without the target"),
        ratio(f"{name}_lift", hits, base, "hit rate over that without the target"),
    ]


def _capped(values: Iterable[float]) -> list[float]:
    """The values with infinity (no path) replaced by the highest barrier that is searched."""
    return [HIGHEST if v == math.inf else v for v in values]
