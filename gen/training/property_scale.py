"""The scale on which the networks see a custom property, from the user's values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..properties import Property

MIN_ROWS = 20  # with a value
MIN_COMPOSITIONS = 5  # among them
DECADES = 2.0  # positive values that span more are seen by their logarithm


@dataclass(frozen=True)
class PropertyRequest:
    """A property to learn, with the unit and scale that the user gave; None: derived from the values."""

    name: str
    unit: str = ""
    log: bool | None = None
    centre: float | None = None
    width: float | None = None
    low: float | None = None
    high: float | None = None


def scaled_property(request: PropertyRequest, values: NDArray[np.float64], groups: NDArray[np.int64]) -> Property:
    """The property with its scale: centre and width are mean and standard deviation of the (logarithmic) values.

    ``values`` (n,) are those of rows in composition ``groups`` (n,), NaN in gaps. Raises ``UserError`` for too few
    rows, rows with equal values, or values that have no logarithm.
    """
    known = np.isfinite(values)
    given, compositions = values[known], len(np.unique(groups[known]))
    if len(given) < MIN_ROWS or compositions < MIN_COMPOSITIONS:
        raise UserError(
            f"{request.name}: {len(given)} usable rows of {compositions} compositions; at least {MIN_ROWS} rows of "
            f"{MIN_COMPOSITIONS} compositions are needed."
        )
    positive = bool((given > 0).all())
    if request.log and not positive:
        raise UserError(f"{request.name}: {(given <= 0).sum()} values are not above 0 and have no logarithm.")
    log = request.log if request.log is not None else positive and bool(given.max() > 10**DECADES * given.min())
    scaled = np.log10(given) if log else given
    if not scaled.std() > 1e-9 * max(1.0, abs(float(scaled.mean()))):
        raise UserError(f"{request.name}: all rows have the same value, {given[0]:g}: there is nothing to learn.")
    low, high = np.quantile(given, [0.01, 0.99])
    numbers = {"centre": scaled.mean(), "width": scaled.std(), "low": low, "high": high}
    decided = {key: getattr(request, key) for key in numbers if getattr(request, key) is not None}
    rounded = {key: _six_digits(value) for key, value in (numbers | decided).items()}
    return Property(request.name, request.unit, log=log, **rounded)


def _six_digits(value: float) -> float:
    """Rounded as in ``properties.yaml``."""
    return float(f"{value:.6g}")
