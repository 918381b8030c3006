"""Property target: a property and an interval, from which each crystal gets one number to steer towards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from ..gen.elements import LITHIUM
from ..gen.errors import UserError
from ..gen.properties import NON_NEGATIVE, OF_LITHIUM, SHIPPED, SMALLEST, Property, PropertySet
from ..gen.skeleton.constraints import Constraints
from ..gen.surrogate.model_card import Card, load_card
from ..gen.weight_folders import DEFAULT_FOLDER
from .base import Contradiction
from .element_constraints import narrow
from .interval import Interval

MAY_BE_BELOW_HULL = "energy_above_hull"  # a negative target means crystals below the hull of known compounds

# tolerance of a target that is a single number
RELATIVE_TOLERANCE = 0.25  # of the number
ABSOLUTE_TOLERANCE = {"eV": 0.1, "eV/atom": 0.05}  # for properties in these units


@dataclass(frozen=True)
class PropertyTarget:
    """A property and the interval that it should lie in. It steers the generation; it is not guaranteed."""

    quantity: Property
    interval: Interval

    @classmethod
    def parse(cls, name: str, value: object, properties: PropertySet = SHIPPED) -> Self:
        """The target of a number, ``80..120``, ``>=200``; raises ``UserError`` for a wrong interval or unknown name."""
        interval, p = Interval.parse(name, value), properties.named(name)
        unit = f" ({p.unit})" if p.unit else ""
        non_negative = p.log or (name in NON_NEGATIVE and name != MAY_BE_BELOW_HULL)
        if non_negative and (interval.high < 0 or 0 > interval.low > -math.inf):
            raise UserError(f"{name} = {interval.text}: a {name.replace('_', ' ')} is never negative{unit}.")
        if p.log and interval.high == 0:
            raise UserError(f"{name} = {interval.text}: write a number above 0{unit}.")
        return cls(p, interval)

    @property
    def name(self) -> str:
        """Name of the property."""
        return self.quantity.name

    @property
    def text(self) -> str:
        """The interval as ``parse`` reads it."""
        return self.interval.text

    @property
    def words(self) -> str:
        """The interval in words, e.g. ``100 ± 25`` or ``80..120``."""
        accepted, low, high = self.accepted, self.interval.low, self.interval.high
        if low == high:
            return f"{low:g} ± {high - accepted.low:g}"
        return f">={low:g}" if high == math.inf else f"<={high:g}" if low == -math.inf else f"{low:g}..{high:g}"

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with lithium for a property of Li⁺; unchanged constraints for any other property."""
        if self.name not in OF_LITHIUM:
            return constraints
        try:
            return narrow(constraints, None, frozenset({LITHIUM}))
        except Contradiction as error:
            raise Contradiction(f"it is a property of lithium, and {error}") from error

    @property
    def accepted(self) -> Interval:
        """Values that meet the target: the interval, or the surroundings of a single number."""
        low, high = self.interval.low, self.interval.high
        if low < high:
            return self.interval
        margin = ABSOLUTE_TOLERANCE.get(self.quantity.unit, RELATIVE_TOLERANCE * abs(low))
        return Interval(low - margin, high + margin)

    def draw(self, rng: np.random.Generator) -> float:
        """One number, uniform in the interval on the property's own scale (logarithmic for moduli).

        A bound has one end only. The other end is one width of the property's scale away, but not beyond the range of
        the training crystals, nor below what is physical.
        """
        p = self.quantity
        low, high = _scaled(p, self.interval.low), _scaled(p, self.interval.high)
        least, most = (_scaled(p, end) for end in _training_range(p))
        if high == math.inf:
            high = min(low + p.width, max(most, low))
        elif low == -math.inf:
            low = max(high - p.width, min(least, high))
            if self.name in NON_NEGATIVE and self.interval.high > 0:
                low = max(low, 0.0)
        value = float(low + (high - low) * rng.random())
        return 10**value if p.log else value


def _training_range(p: Property) -> tuple[float, float]:
    """Range of the middle 98 % of the training crystals; infinite where it is not on record."""
    card = _card()
    known = card.known.get(p.name) if card else None
    return (known.low, known.high) if known else (p.low, p.high)


@cache
def _card() -> Card | None:
    return load_card(DEFAULT_FOLDER)


def _scaled(p: Property, value: float) -> float:
    if not p.log or math.isinf(value):
        return value
    return math.log10(max(value, SMALLEST))
