"""Numeric targets: a value, a range or a bound, all as intervals."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ..gen.errors import UserError, shown
from ..gen.properties import SHIPPED
from .aliases import canonical_name

EXAMPLES = "write a number (100), a range (80..120) or a bound (>=80, <=120)"
LONGEST = 200  # characters of an interval
EVERYTHING = (-math.inf, math.inf)
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


@dataclass(frozen=True)
class AtLeast:
    """A lower bound, ``>=value``."""

    value: float


@dataclass(frozen=True)
class AtMost:
    """An upper bound, ``<=value``."""

    value: float


@dataclass(frozen=True)
class Interval:
    """All numbers from ``low`` to ``high``, either of which may be infinite; a value is an interval of zero width."""

    low: float
    high: float

    @classmethod
    def parse(cls, name: str, value: object) -> Interval:
        """The interval of 200, ``80..120``, ``>=200``, ``<=0.05``, (80, 120), ``AtLeast(200)`` or an interval.

        Raises ``UserError``, which names the target ``name``.
        """
        try:
            low, high = cls._bounds(name, value)
        except (TypeError, ValueError, OverflowError):
            raise UserError(f"{name} = {shown(value)}: {EXAMPLES}.") from None
        if math.isnan(low) or math.isnan(high) or low == math.inf or high == -math.inf or (low, high) == EVERYTHING:
            raise UserError(f"{name} = {shown(value)}: a target must be a finite number.")
        if low > high:
            raise UserError(f"{name}: no number is at least {low:g} and at most {high:g}; swap or change the limits.")
        return cls(low + 0.0, high + 0.0)  # no negative zero

    @staticmethod
    def _bounds(name: str, value: object) -> tuple[float, float]:
        if isinstance(value, AtLeast):
            return float(value.value), math.inf
        if isinstance(value, AtMost):
            return -math.inf, float(value.value)
        if isinstance(value, Interval):
            return value.low, value.high
        if isinstance(value, list | tuple) and len(value) == 2:
            return float(value[0]), float(value[1])
        if len(str(value)) > LONGEST:
            raise ValueError
        text = str(value).strip().replace("−", "-").replace("≥", ">=").replace("≤", "<=")
        written = re.fullmatch(rf"((?:>=|<=|=)?\s*{NUMBER}(?:\s*\.\.\s*{NUMBER})?)\s*([^\W\d_].*)?", text)
        if written and written[2] and _is_unit(name, written[2], text):
            text = written[1]
        if match := re.fullmatch(rf"({NUMBER})\s*\.\.\s*({NUMBER})", text):
            return float(match[1]), float(match[2])
        if match := re.fullmatch(rf"(>=|<=|=)?\s*({NUMBER})", text):
            number = float(match[2])
            return {">=": (number, math.inf), "<=": (-math.inf, number)}.get(match[1], (number, number))
        raise UserError(f"{name} = {shown(text)}: {EXAMPLES}.")

    @property
    def text(self) -> str:
        """The interval as ``parse`` reads it."""
        if self.low == self.high:
            return f"{self.low!r}"
        if self.high == math.inf:
            return f">={self.low!r}"
        return f"<={self.high!r}" if self.low == -math.inf else f"{self.low!r}..{self.high!r}"

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def intersection(self, name: str, other: Interval) -> Interval:
        """Numbers in both intervals; raises ``UserError``, which names the target ``name``, when there are none."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low > high:
            raise UserError(
                f"{name} = {self.text} contradicts {name} = {other.text}: "
                f"no number is at least {low:g} and at most {high:g}. Change one of them."
            )
        return Interval(low, high)


TargetValue: TypeAlias = float | int | str | tuple[float, float] | AtLeast | AtMost | Interval


def intersections(values: Iterable[tuple[str, object]]) -> dict[str, Interval]:
    """One interval per property: the intersection of all values that are given for it, under any of its names.

    Raises ``UserError`` for a value that is not an interval, and for values that contradict each other.
    """
    intervals: dict[str, Interval] = {}
    for given, value in values:
        name, interval = canonical_name(given), Interval.parse(given, value)
        intervals[name] = interval.intersection(name, intervals[name]) if name in intervals else interval
    return intervals


def _is_unit(name: str, word: str, text: str) -> bool:
    """Whether a word after a number is the unit of the property; raises ``UserError`` for another word."""
    unit = SHIPPED.named(canonical_name(name)).unit if canonical_name(name) in SHIPPED.names else None
    if unit and unicodedata.normalize("NFKC", word).split() == unicodedata.normalize("NFKC", unit).split():
        return True
    known = "it has no unit" if unit == "" else f"it is in {unit}" if unit else "it is in the unit of the property"
    raise UserError(f"{name} = {shown(text)}: write the number without {shown(word)}; {known}.")


def split_target(text: str) -> tuple[str, Interval]:
    """Property and interval of ``bulk_modulus=80..120``, ``shear_modulus>=20``; raises ``UserError``."""
    match = re.fullmatch(r"\s*(\w+)\s*(>=|<=|=|≥|≤)\s*(.+?)\s*", text)
    if match is None:
        raise UserError(
            f"target {shown(text)}: write property=number, =low..high, >=low or <=high, e.g. bulk_modulus>=100."
        )
    bound = match[2] if match[2] != "=" else ""
    return match[1], Interval.parse(match[1], bound + match[3])
