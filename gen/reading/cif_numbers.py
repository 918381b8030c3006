"""Numbers of a CIF: decimals with or without a standard uncertainty, ``0.123(4)``, and fractions, ``1/3``."""

from __future__ import annotations

import math
import re

from .cif_faults import CifFault

NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)(?:\(\d*\))?")
DECIMAL = re.compile(r"[+-]?\d*\.(\d+)(?:\(\d*\))?")
FRACTION = re.compile(r"([+-]?\d{1,3})/([1-9]\d{0,2})")


def number_of(text: str, what: str) -> float:
    """The number that is written, without its uncertainty. Raises ``CifFault`` if it is none, or not finite."""
    if found := NUMBER.fullmatch(text):
        value = float(found[1])
    elif found := FRACTION.fullmatch(text):
        value = int(found[1]) / int(found[2])
    else:
        raise CifFault(f"{what} is {text[:40] or 'missing'}, which is not a finite number")
    if not math.isfinite(value):
        raise CifFault(f"{what} is {text[:40]}, which is not a finite number")
    return value


def number_or_none(text: str | None) -> float | None:
    """The number that is written, or None where there is none."""
    found = NUMBER.fullmatch(text) if text else None
    value = float(found[1]) if found else math.nan
    return value if math.isfinite(value) else None


def rounding_of(text: str) -> float:
    """Half of the last digit of a decimal; 0 for whole numbers, fractions and powers, which are taken as exact."""
    found = DECIMAL.fullmatch(text)
    return float(0.5 * 10.0 ** -len(found[1])) if found else 0.0
