"""Average oxidation states: of elements in two states, and of atoms that are bonded to their like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from ...gen.crystal import Crystal
from ..structure.neighbours import PeriodicPoints
from .ion_states import D_BLOCK, F_BLOCK, HARD, SOFT, ion_states

HYDROGEN, BORON, CARBON, NITROGEN, OXYGEN, ALUMINIUM, PHOSPHORUS, SULFUR = 1, 5, 6, 7, 8, 13, 15, 16
S_BLOCK = frozenset({1, 3, 4, 11, 12, 19, 20, 30, 37, 38, 48, 55, 56, 80, 88})  # beside peroxides and azides
CHAINS = frozenset({5, 6, 14, 15, 16, 31, 32, 33, 34, 49, 50, 51, 52, 80, 81, 82, 83})  # bonds to their like
TWO_STATES = frozenset({16, 31, 32, 33, 34, 49, 50, 51, 52, 81, 82, 83})  # at once, with closed shells: InCl2, Sb2O4
NEVER_BESIDE_HARD = frozenset({5, 14, 31, 32})  # without bonds to their like beside F, O and N
POLYCATIONS = frozenset({16, 34, 52, 83})  # beside halides, such as Te4 2+ and Bi9 5+
PEROXIDES = {OXYGEN: (-2.0, -0.5), NITROGEN: (-3.0, -1 / 3)}  # superoxides and azides included
POLYHALIDES = frozenset({35, 53})
LONGEST_BOND, NEAREST = 1.25, 0.5  # of the sum of the covalent radii; Å


@dataclass(frozen=True)
class Averages:
    """Range of the average state of an element; averages from ``alone`` on exist without bonds between its atoms."""

    low: float
    high: float
    alone: float = -inf


def averages(z: int, states: tuple[int, ...], signs: Mapping[int, bool], softness: int) -> Averages | None:
    """The average states that an element may have among these ions, cations True; None if it has none."""
    if z in D_BLOCK | F_BLOCK and z not in CHAINS:
        return Averages(min(states), max(states)) if signs[z] and len(states) > 1 else None
    found = _in_two_signs(z, signs)
    if found is None and not signs[z]:
        return _chain_of_anions(z, signs)
    return found or (_chain_of_cations(z, states, signs, softness) if z in CHAINS else None)


def _in_two_signs(z: int, signs: Mapping[int, bool]) -> Averages | None:
    """Of an element that is both cation and anion, as H in LiNH2BH3, N in NH4NO3, S in thiosulfates, C in any chain."""
    others = signs.keys() - {z}
    if z == CARBON:
        return Averages(-4.0, 4.0)
    if z == HYDROGEN and others & {BORON, ALUMINIUM}:
        return Averages(-1.0, 1.0)
    if z == NITROGEN and signs[z] and {HYDROGEN, OXYGEN} <= others:
        return Averages(-3.0, 5.0)
    return Averages(-2.0, 6.0) if z == SULFUR and signs[z] and OXYGEN in others else None


def _chain_of_anions(z: int, signs: Mapping[int, bool]) -> Averages | None:
    """Peroxides and azides of salts, polyhalides, polysulfides and Zintl anions."""
    if z in PEROXIDES:
        salt = all(y in S_BLOCK for y, positive in signs.items() if positive)
        return Averages(*PEROXIDES[z], inf) if salt else None
    if z in POLYHALIDES:
        return Averages(-1.0, -0.1, inf)
    return Averages(ion_states()[z].negative, -0.01, inf) if z in CHAINS else None


def _chain_of_cations(z: int, states: tuple[int, ...], signs: Mapping[int, bool], softness: int) -> Averages | None:
    if softness == HARD and z in NEVER_BESIDE_HARD:
        return None
    top = max(states or ion_states()[z].positive[HARD])
    if z == PHOSPHORUS and softness != SOFT:
        return Averages(1.0 if HYDROGEN in signs else 3.0, 5.0, inf)
    low = 0.01 if softness == SOFT or z in POLYCATIONS else min((top - 1.0, *states))
    return Averages(low, top, min(states) if z in TWO_STATES and states else inf)


def are_bonded(crystal: Crystal, z: int, others: Iterable[int] = ()) -> bool:
    """Whether an atom of an element touches another one, or one of the others: within 1.25 times the sum of radii."""
    from ase.data import covalent_radii

    kept = np.isin(crystal.atomic_numbers, [z, *others])
    part = Crystal.of(crystal.lattice, crystal.frac_coords[kept], crystal.atomic_numbers[kept])
    points = PeriodicPoints(part)
    radius = covalent_radii[part.atomic_numbers]
    if points.nearest().min() < NEAREST:
        return False
    pairs = points.pairs(LONGEST_BOND * 2 * float(radius.max()))
    of_it = (part.atomic_numbers[pairs.first] == z) & (
        pairs.distance < LONGEST_BOND * (radius[pairs.first] + radius[pairs.second])
    )
    return bool(of_it.any())
