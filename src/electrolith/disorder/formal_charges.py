"""Formal charges of the elements of a composition: the common oxidation states that come closest to neutral.

As in the check ``charge``, the cations are the less electronegative elements (Pauling). Elements that even their best
states leave far from neutral get the mean charge that one of them, of mixed valence, must have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

UNCOMMON = 0.1  # cost of a state that is not common, as a share of all charge of one sign
ODD = 0.3  # cost of a negative state that does not fill the octet
PNICTIDE = 0.15  # cost of a charge of -3 or -4 beside an element that is more electronegative
MIXED_VALENCE = (
    0.01  # share of charge left from which on an element with an open d shell is taken to have two states at once
)
REDOX_ACTIVE = frozenset(range(23, 30)) | {42}  # V to Cu, Mo: open d shells, whose states of the ICSD are all usual
MOST_COMBINATIONS = 200_000


class NoCharges(ValueError):
    """The elements have no formal charges that could balance; the message says which and why."""


@dataclass(frozen=True)
class FormalCharges:
    """Formal charges by atomic number, e, and the element with a mean charge of two valences (None: none)."""

    of: Mapping[int, float]
    mixed_valence: int | None = None

    def net(self, counts: Mapping[int, float]) -> float:
        """Net charge of these numbers of atoms, e."""
        return sum(n * self.of[z] for z, n in counts.items())


def formal_charges(counts: Mapping[int, float]) -> FormalCharges:
    """The formal charges of a cell with these numbers of atoms, by atomic number. Raises ``NoCharges``."""
    found = _best(tuple(sorted((z, round(n, 4)) for z, n in counts.items() if n > 0)))
    if isinstance(found, str):
        raise NoCharges(found)
    return found


@lru_cache(maxsize=4096)
def _best(counts: tuple[tuple[int, float], ...]) -> FormalCharges | str:
    ordered = sorted(counts, key=lambda item: (_negativity(item[0]), item[0]))
    if len(ordered) < 2:
        return "a single element has no formal charges: its orderings need no charges"
    best: tuple[float, float, dict[int, int]] | None = None
    for cut in range(1, len(ordered)):
        choices = [_states(z, 1 if k < cut else -1) for k, (z, _) in enumerate(ordered)]
        size = 1
        for states in choices:
            size *= len(states)
        if not 0 < size <= MOST_COMBINATIONS:
            continue
        for chosen in product(*choices):
            charge = [n * q for (_, n), (q, _) in zip(ordered, chosen, strict=True)]
            positive = sum(q for q in charge if q > 0)
            left = abs(sum(charge)) / max(positive, positive - sum(charge))
            score = left + sum(cost for _, cost in chosen) + PNICTIDE * sum(q <= -3 for q, _ in chosen[:-1])
            if best is None or score < best[0] - 1e-9:
                best = score, left, {z: q for (z, _), (q, _) in zip(ordered, chosen, strict=True)}
    if best is None:
        return "its elements have no oxidation states of both signs"
    if best[1] > MIXED_VALENCE and (mean := _mean_valence(dict(counts), best[2])):
        return mean
    return FormalCharges(best[2])


def _mean_valence(counts: dict[int, float], charges: dict[int, int]) -> FormalCharges | None:
    """The charges, where one cation has the mean of two of its states that makes all neutral; None without one."""
    net = sum(n * charges[z] for z, n in counts.items())
    found = []
    for z, n in counts.items():
        states = [q for q, _ in _states(z, 1)] if charges[z] > 0 and z in REDOX_ACTIVE else []
        needed = charges[z] - net / n
        if len(states) > 1 and min(states) < needed < max(states):
            found.append((abs(needed - charges[z]), z, needed))
    if not found:
        return None
    _, z, needed = min(found)
    return FormalCharges({**charges, z: needed}, z)


@lru_cache(maxsize=512)
def _states(z: int, sign: int) -> tuple[tuple[int, float], ...]:
    """Oxidation states of one sign, each with its cost: common ones, then those of the ICSD."""
    from pymatgen.core import Element

    element = Element.from_Z(z)
    usual = [*element.common_oxidation_states, *(element.icsd_oxidation_states if z in REDOX_ACTIVE else ())]
    common = [q for q in dict.fromkeys(usual) if q * sign > 0]
    others = [q for q in (*element.icsd_oxidation_states, *element.oxidation_states) if q * sign > 0]
    rare = [q for q in dict.fromkeys(others) if q not in common]
    cost = ODD if sign < 0 else UNCOMMON
    low = UNCOMMON if sign > 0 and not element.is_metal and not element.is_metalloid else 0.0  # P(3+) beside P(5+)
    costs = [(int(q), low if q != max(common) else 0.0) for q in common]
    return tuple(costs + [(int(q), cost if common else 0.0) for q in rare])


def _negativity(z: int) -> float:
    from pymatgen.core import Element

    value = float(Element.from_Z(z).X)
    return 99.0 if math.isnan(value) else value
