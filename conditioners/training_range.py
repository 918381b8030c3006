"""Warnings for property targets beyond the training range: the models may still steer the right way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..gen.number_text import three_digits
from ..gen.surrogate.model_card import Known, load_card
from ..gen.weight_folders import DEFAULT_FOLDER
from .property_target import PropertyTarget
from .targets import Targets


def unseen_targets(targets: Targets, weights: Path = DEFAULT_FOLDER) -> list[str]:
    """A warning for each property target outside the training range of the surrogates in the folder ``weights``."""
    card = load_card(weights) if targets.property_targets else None
    return range_warnings(targets.property_targets, card.known) if card else []


def range_warnings(targets: Iterable[PropertyTarget], known: Mapping[str, Known]) -> list[str]:
    """A sentence for each target beyond the training range; ``known`` is that of ``model_card.Card``."""
    return [
        f"{target.name} = {target.text} is beyond the training range of the models: 98 % of their training crystals "
        f"lie from {three_digits(known[target.name].low)} to {three_digits(known[target.name].high)} "
        f"{target.quantity.unit}"
        for target in targets
        if target.name in known and _is_beyond(target, known[target.name])
    ]


def _is_beyond(target: PropertyTarget, known: Known) -> bool:
    """Whether a number or an end of a range lies outside, or all values of a bound do; a range from 0 is a bound."""
    low, high = target.interval.low, target.interval.high
    if low in (0.0, -math.inf) or high == math.inf:
        return low > known.high or high < known.low
    return low < known.low or high > known.high
