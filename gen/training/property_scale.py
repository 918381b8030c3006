"""The scale on which the networks see a property of one's own, from the values that the user has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..properties import Property

FEWEST = 20  # rows with a value
COMPOSITIONS = 5  # among them
DECADES = 2.0  # that positive values must span to be seen by their logarithm


@dataclass(frozen=True)
class Wanted:
    """A property to learn, and what the user has decided of it; None: decided from the values."""

    name: str
    unit: str = ""
    log: bool | None = None
    centre: float | None = None
    width: float | None = None
    low: float | None = None
    high: float | None = None


def scaled(wanted: Wanted, values: NDArray[np.float64], groups: NDArray[np.int64]) -> Property:
    """The property with its scale; ``values`` (n,) of rows in composition ``groups`` (n,), NaN in gaps.

    Raises ``UserError`` for too few rows, rows that all say the same, or values that have no logarithm.
    """
    known = np.isfinite(values)
    given, compositions = values[known], len(np.unique(groups[known]))
    if len(given) < FEWEST or compositions < COMPOSITIONS:
        raise UserError(
            f"{wanted.name}: {len(given)} usable rows of {compositions} compositions; at least {FEWEST} rows of "
            f"{COMPOSITIONS} compositions are needed."
        )
    positive = bool((given > 0).all())
    if wanted.log and not positive:
        raise UserError(f"{wanted.name}: {(given <= 0).sum()} values are not above 0, so that they have no logarithm.")
    log = wanted.log if wanted.log is not None else positive and bool(given.max() > 10**DECADES * given.min())
    seen = np.log10(given) if log else given
    if not seen.std() > 1e-9 * max(1.0, abs(float(seen.mean()))):
        raise UserError(f"{wanted.name}: all rows have the same value, {given[0]:g}: there is nothing to learn.")
    low, high = np.quantile(given, [0.01, 0.99])
    numbers = {"centre": seen.mean(), "width": seen.std(), "low": low, "high": high}
    decided = {key: getattr(wanted, key) for key in numbers if getattr(wanted, key) is not None}
    return Property(wanted.name, wanted.unit, log=log, **{key: _short(v) for key, v in (numbers | decided).items()})


def _short(value: float) -> float:
    """Six digits, as they are written to a file."""
    return float(f"{value:.6g}")
