"""Conditions of the networks: target values as normalised columns, NaN where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..properties import PropertySet

DEFAULTS = {"energy_above_hull": 0.0}  # without a target: the training set has unstable crystals, too


def conditions_of(
    properties: PropertySet, n: int, targets: Sequence[Mapping[str, float]] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Conditions (n, p) with the targets and without them, normalised.

    Both have the values of ``DEFAULTS`` for properties without a target. ``targets`` are the target values of each of n
    crystals by name, in the properties' units; None: no targets. Guidance strengthens the difference of the two.
    """
    given: Sequence[Mapping[str, float]] = [{}] * n if targets is None else targets
    with_targets = [DEFAULTS | dict(g) for g in given]
    without = [{k: v for k, v in DEFAULTS.items() if k not in g} for g in given]
    shown, hidden = (
        properties.normalise(_table(properties, values).reshape(n, len(properties)))
        for values in (with_targets, without)
    )
    return shown, hidden


def _table(properties: PropertySet, values: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    return np.array([[row.get(name, np.nan) for name in properties.names] for row in values])
