"""Is a property asked for that the models have hardly seen? Said, not refused: they may still lean the right way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ..gen.properties import PROPERTIES
from ..gen.surrogate.model_card import Known
from .property_target import PropertyTarget


def unseen(wishes: Iterable[PropertyTarget], known: Mapping[str, Known]) -> list[str]:
    """A sentence for each wish beyond the range of the training set; ``known`` is that of ``surrogate.card.Card``."""
    return [
        f"{wish.name} = {wish.text} is beyond what the models have learnt from: 98 % of their crystals lie from "
        f"{known[wish.name].low:.3g} to {known[wish.name].high:.3g} {PROPERTIES.named(wish.name).unit}"
        for wish in wishes
        if wish.name in known and _beyond(wish, known[wish.name])
    ]


def _beyond(wish: PropertyTarget, known: Known) -> bool:
    """Whether a number or an end of a range lies outside, or all that a bound allows; from 0 on is a bound, too."""
    low, high = wish.interval.low, wish.interval.high
    if low in (0.0, -math.inf) or high == math.inf:
        return low > known.high or high < known.low
    return low < known.low or high > known.high
