"""Ranking of survivors by the weighted mean of their places in the recipe's criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..recipes.recipe import LOW, Criterion, Recipe
from .results import ScreeningResult

NEAR_MISS_COST = 0.1  # of the score, for each near miss


def rank_results(screened: Sequence[ScreeningResult], recipe: Recipe) -> list[ScreeningResult]:
    """Survivors with rank and score, the best first; then the rejected crystals, the latest rejected first.

    In each criterion the survivors are ordered by value: the best has 1, the worst 0, equal values share the mean of
    their places, a missing value has 0. The score is the weighted mean, lowered by
    ``NEAR_MISS_COST`` for each near miss. Equal scores keep the order of the input.
    """
    survivors = sorted((s for s in screened if s.passed), key=lambda s: s.place)
    scores = _scores(survivors, recipe.rank)
    order = sorted(range(len(survivors)), key=lambda k: (-scores[k], survivors[k].place))
    best = [
        replace(survivors[k], rank=place, score=scores[k] if recipe.rank else None)
        for place, k in enumerate(order, start=1)
    ]
    depth = {step.key: k for k, step in enumerate(recipe.steps)}
    fallen = sorted((s for s in screened if not s.passed), key=lambda s: (-depth.get(s.stopped, -1), s.place))
    return best + fallen


def _scores(survivors: Sequence[ScreeningResult], rank: Sequence[Criterion]) -> list[float]:
    total = sum(criterion.weight for criterion in rank)
    places = [_places([s.value(criterion.by) for s in survivors], criterion.order) for criterion in rank]
    return [
        (sum(c.weight * column[k] for c, column in zip(rank, places, strict=True)) / total if rank else 0.0)
        - NEAR_MISS_COST * len(one.near_misses)
        for k, one in enumerate(survivors)
    ]


def _places(values: Sequence[float | None], order: str) -> list[float]:
    """1 for the best value, 0 for the worst and for none."""
    sign = -1.0 if order == LOW else 1.0
    goodness = np.array([sign * value for value in values if value is not None], dtype=np.float64)
    if len(values) == 1:
        return [float(len(goodness))]
    ascending = np.sort(goodness)
    worse = np.searchsorted(ascending, goodness, "left")
    equal = np.searchsorted(ascending, goodness, "right") - worse
    unknown = len(values) - len(goodness)
    places = iter(((unknown + worse + (equal - 1) / 2) / (len(values) - 1)).tolist())
    return [0.0 if value is None else next(places) for value in values]
