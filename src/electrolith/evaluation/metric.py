"""A measured number with its 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEVEL = 0.95
NORMAL = 1.959964  # standard deviations, two-sided
QUANTILES = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
SEED = 0  # of the resampling, so that the same crystals give the same interval


@dataclass(frozen=True)
class Measure:
    """One figure of an evaluation.

    symbol     meaning
    key        its name; that of MatterGen where it has the same meaning
    value      the figure; NaN where nothing could be measured
    low, high  95 % interval: percentile bootstrap over the crystals (Efron, Ann. Stat. 7, 1, 1979); for shares of
               0 or 1, where resampling has no spread, the exact binomial bound (Clopper and Pearson, 1934)
    n          number of measured crystals: the denominator of a share
    unit       of value, low and high; empty for shares
    meaning    in words, with the tolerances
    """

    key: str
    value: float
    low: float
    high: float
    n: int
    unit: str
    meaning: str


def share(key: str, flags: Sequence[bool | None], meaning: str) -> Measure:
    """Share of the crystals whose flag is true, of those whose flag is known; the meaning counts the unknown (None)."""
    known = [flag for flag in flags if flag is not None]
    n, passed = len(known), sum(known)
    if n < len(flags):
        meaning = f"{meaning}; unknown for {len(flags) - n:,} more"
    if n and passed in (0, n):
        bound = ((1 - LEVEL) / 2) ** (1 / n)
        low, high = (bound, 1.0) if passed else (0.0, 1 - bound)
        return Measure(key, passed / n, low, high, n, "", meaning)
    if n == 0:
        return Measure(key, float("nan"), float("nan"), float("nan"), 0, "", meaning)
    draws = np.random.default_rng(SEED).binomial(n, passed / n, RESAMPLES) / n  # resampled flags, summed
    low, high = np.quantile(draws, QUANTILES).tolist()
    return Measure(key, passed / n, low, high, n, "", meaning)


def ratio(key: str, flags: Sequence[bool], base: Sequence[bool], meaning: str) -> Measure:
    """Share of true ``flags`` divided by the share of true ``base``.

    The interval is that of Katz for the logarithm, with half a success added to each (Walter, Biometrics 31, 1975).
    Where the base has no success, the ratio is the centre of that interval.
    """
    n, m, a, b = len(flags), len(base), sum(flags), sum(base)
    if not n or not m:
        return Measure(key, float("nan"), float("nan"), float("nan"), n, "", meaning)
    middle = math.log((a + 0.5) / (n + 0.5) * (m + 0.5) / (b + 0.5))
    reach = NORMAL * math.sqrt(1 / (a + 0.5) - 1 / (n + 0.5) + 1 / (b + 0.5) - 1 / (m + 0.5))
    value = (a / n) / (b / m) if b else math.exp(middle)
    return Measure(key, value, math.exp(middle - reach), math.exp(middle + reach), n, "", meaning)


def mean(key: str, values: Sequence[float], unit: str, meaning: str) -> Measure:
    """Mean of the finite values."""
    return _resampled(key, np.array(values, dtype=np.float64), np.mean, unit, meaning)


def median(key: str, values: Sequence[float], unit: str, meaning: str) -> Measure:
    """Median of the finite values."""
    return _resampled(key, np.array(values, dtype=np.float64), np.median, unit, meaning)


def _resampled(
    key: str, values: NDArray[np.float64], statistic: Callable[..., float], unit: str, meaning: str
) -> Measure:
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return Measure(key, float("nan"), float("nan"), float("nan"), 0, unit, meaning)
    rng = np.random.default_rng(SEED)
    draws = [statistic(values[rng.integers(len(values), size=len(values))]) for _ in range(RESAMPLES)]
    low, high = np.quantile(draws, QUANTILES).tolist()
    return Measure(key, float(statistic(values)), low, high, len(values), unit, meaning)
