"""A property with a number: each crystal is asked for one draw from the value, range or bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..gen.errors import UserError
from ..gen.properties import PROPERTIES, Property
from ..gen.skeleton.constraints import Constraints
from .elements import narrow
from .interval import Interval

BY_NAME = {p.name: p for p in PROPERTIES}
NEVER_NEGATIVE = frozenset(p.name for p in PROPERTIES if p.log) | {
    "band_gap", "li_barrier", "li_barrier_1d", "li_barrier_2d",
}  # fmt: skip
NEEDS_LITHIUM = frozenset({"li_barrier", "li_barrier_1d", "li_barrier_2d", "ionic_conductivity"})
LITHIUM = frozenset({3})


@dataclass(frozen=True)
class Scalar:
    """A soft target: the models lean towards it, and nothing is guaranteed."""

    name: str
    interval: Interval

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """From a number, ``80..120``, ``>=200``; raises ``UserError`` for what cannot be."""
        interval = Interval.parse(name, value)
        unit = BY_NAME[name].unit
        if name in NEVER_NEGATIVE and (interval.high < 0 or 0 > interval.low > -math.inf):
            raise UserError(f"{name} = {interval.text}: a {name.replace('_', ' ')} is never negative ({unit}).")
        if BY_NAME[name].log and interval.high == 0:
            raise UserError(f"{name} = {interval.text}: ask for a number above 0 ({unit}).")
        return cls(name, interval)

    @property
    def text(self) -> str:
        """The interval."""
        return self.interval.text

    def constrain(self, constraints: Constraints) -> Constraints:
        """A property of Li⁺ needs lithium; all others leave the skeleton free."""
        return narrow(constraints, None, LITHIUM) if self.name in NEEDS_LITHIUM else constraints

    def draw(self, rng: np.random.Generator) -> float:
        """One number, evenly from the interval on the property's own scale (logarithmic for moduli).

        A bound has one end only; the other is taken one width of the property's distribution away, and not below
        what is physical.
        """
        kind = BY_NAME[self.name]
        low, high = _scaled(kind, self.interval.low), _scaled(kind, self.interval.high)
        if high == math.inf:
            high = low + kind.width
        elif low == -math.inf:
            low = high - kind.width
            if not kind.log and self.interval.high > 0 and self.name != "formation_energy_per_atom":
                low = max(low, 0.0)
        value = float(low + (high - low) * rng.random())
        return 10**value if kind.log else value


def _scaled(kind: Property, value: float) -> float:
    if not kind.log or math.isinf(value):
        return value
    return math.log10(max(value, 1e-12))
