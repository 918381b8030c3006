"""Tabulated properties of known crystals, from the reference set that ships with the package."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .novel import Novel

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

LARGEST = 300  # atoms of a crystal that is compared with the reference set


@dataclass(frozen=True)
class Tabulated:
    """The tabulated value of a property, and the name of the known crystal, e.g. ``mp-2251``."""

    value: float
    name: str


def tabulated(crystal: Crystal, name: str) -> Tabulated | None:
    """The property of the known crystal that has the same formula and structure; None without one or its value."""
    twin = _known().twin(crystal) if len(crystal) <= LARGEST else None
    if twin is None:
        return None
    value = float(_known().reference.property(name)[_places()[twin.name]])
    return None if math.isnan(value) else Tabulated(value, twin.name)


@cache
def _known() -> Novel:
    return Novel()


@cache
def _places() -> dict[str, int]:
    """Places of the known crystals in the reference set by name."""
    return {str(name): place for place, name in enumerate(_known().reference.ids)}
