"""Occupancies of sites in formats other than CIF: only full ones make a crystal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .cif_sites import FULL, PARTIAL

KEYS = ("occupancy", "occupancies", "occ", "occu", "site_occupancy")
REMARK = "occupancies up to {:.4g} are read as 1"


class PartialOccupancy(ValueError):
    """A site is partly occupied, or shared."""


def remarks_on_occupancies(values: Iterable[Any]) -> tuple[str, ...]:
    """Remarks on the occupancies of sites, each a number or a mapping of elements to numbers.

    Raises ``ValueError`` where a site is not full: partly occupied, shared, or above ``FULL``.
    """
    numbers = [_of_site(value) for value in values]
    if partial := sum(number < PARTIAL for number in numbers):
        raise PartialOccupancy(f"partial occupancies on {partial} of {len(numbers)} sites: make an ordered cell first")
    highest = max(numbers, default=1.0)
    if not highest <= FULL:
        raise ValueError(f"a site has the occupancy {highest:.4g}, above {FULL}")
    return (REMARK.format(highest),) if highest > 2 - PARTIAL else ()


def remarks_on_arrays(info: Mapping[str, Any], arrays: Mapping[str, Any]) -> tuple[str, ...]:
    """Remarks on the occupancies that ASE keeps: one of each kind of site or of each atom. Raises as above."""
    found = [value for given in (info, arrays) for key, value in given.items() if str(key).lower() in KEYS]
    sites: list[Any] = []
    for value in found:
        if isinstance(value, Mapping):
            sites += list(value.values())
        else:
            sites += np.ravel(np.asarray(value, dtype=object)).tolist()
    return remarks_on_occupancies(sites)


def _of_site(value: Any) -> float:
    if isinstance(value, Mapping):
        return float(next(iter(value.values()))) if len(value) == 1 else 0.0
    number = float(value)
    return 0.0 if math.isnan(number) else number
