"""A property with a number: each crystal is asked for one draw from the value, range or bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from ..gen.errors import UserError
from ..gen.properties import PROPERTIES, Property
from ..gen.skeleton.constraints import Constraints
from ..gen.surrogate.model_card import Card, load_card
from ..gen.weight_files import FOLDER
from .base import Contradiction
from .elements import narrow
from .interval import Interval

BARRIERS = frozenset({"li_barrier", "li_barrier_1d", "li_barrier_2d"})
NEVER_NEGATIVE = BARRIERS | {"band_gap"}  # nor is what is seen by its logarithm
NOT_BELOW = NEVER_NEGATIVE | {"energy_above_hull"}  # 0, unless asked so
NEEDS_LITHIUM = BARRIERS | {"ionic_conductivity"}
LITHIUM = frozenset({3})

# how far from a bare number a value still counts as that number
SHARE = 0.25  # of the number
APART = {"eV": 0.1, "eV/atom": 0.05}  # in these units


@dataclass(frozen=True)
class PropertyTarget:
    """A soft target: the models lean towards it, and nothing is guaranteed."""

    name: str
    interval: Interval

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """From a number, ``80..120``, ``>=200``; raises ``UserError`` for what cannot be."""
        interval = Interval.parse(name, value)
        kind = PROPERTIES.named(name)
        unit = f" ({kind.unit})" if kind.unit else ""
        if (kind.log or name in NEVER_NEGATIVE) and (interval.high < 0 or 0 > interval.low > -math.inf):
            raise UserError(f"{name} = {interval.text}: a {name.replace('_', ' ')} is never negative{unit}.")
        if kind.log and interval.high == 0:
            raise UserError(f"{name} = {interval.text}: ask for a number above 0{unit}.")
        return cls(name, interval)

    @property
    def text(self) -> str:
        """The interval."""
        return self.interval.text

    @property
    def words(self) -> str:
        """The same for a person, e.g. ``100 ± 25`` or ``80..120``."""
        accepted, low, high = self.accepted, self.interval.low, self.interval.high
        if low == high:
            return f"{low:g} ± {high - accepted.low:g}"
        return f">={low:g}" if high == math.inf else f"<={high:g}" if low == -math.inf else f"{low:g}..{high:g}"

    def constrain(self, constraints: Constraints) -> Constraints:
        """A property of Li⁺ needs lithium; all others leave the skeleton free."""
        if self.name not in NEEDS_LITHIUM:
            return constraints
        try:
            return narrow(constraints, None, LITHIUM)
        except Contradiction as error:
            raise Contradiction(f"it is a property of lithium, and {error}") from error

    @property
    def accepted(self) -> Interval:
        """The values that count as what was asked for: the interval, or what lies near a bare number."""
        low, high = self.interval.low, self.interval.high
        if low < high:
            return self.interval
        margin = APART.get(PROPERTIES.named(self.name).unit, SHARE * abs(low))
        return Interval(low - margin, high + margin)

    def draw(self, rng: np.random.Generator) -> float:
        """One number, evenly from the interval on the property's own scale (logarithmic for moduli).

        A bound has one end only; the other is taken one width of the property's distribution away, but not beyond
        where crystals are known, nor below what is physical.
        """
        kind = PROPERTIES.named(self.name)
        low, high = _scaled(kind, self.interval.low), _scaled(kind, self.interval.high)
        least, most = (_scaled(kind, end) for end in _known_range(self.name))
        if high == math.inf:
            high = min(low + kind.width, max(most, low))
        elif low == -math.inf:
            low = max(high - kind.width, min(least, high))
            if self.name in NOT_BELOW and self.interval.high > 0:
                low = max(low, 0.0)
        value = float(low + (high - low) * rng.random())
        return 10**value if kind.log else value


def _known_range(name: str) -> tuple[float, float]:
    """Between which values 98 % of the training crystals lie, if that is on record; one's own properties know it."""
    card, kind = _card(), PROPERTIES.named(name)
    known = card.known.get(name) if card else None
    return (known.low, known.high) if known else (kind.low, kind.high)


@cache
def _card() -> Card | None:
    return load_card(FOLDER / "default")


def _scaled(kind: Property, value: float) -> float:
    if not kind.log or math.isinf(value):
        return value
    return math.log10(max(value, 1e-12))
