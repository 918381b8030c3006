"""Tests of a formula by its charges, fast enough for compositions as they are drawn: microseconds to a millisecond.

Formulas list (atomic number, count), in order of atomic numbers, reduced.
"""

from __future__ import annotations

from .assignment import Formula
from .charge_assignment import METALS, assigned
from .ion_states import NON_METALS

METALLOIDS = (5, 14)  # B and Si: their compounds with metals alone are alloys


def is_allowed(formula: Formula, *, units: int = 1, redox_active: bool = False, like_bonds: bool = False) -> bool:
    """Whether an ionic compound of this formula can be an insulator. False for elements and alloys.

    ``units`` is the number of formula units in the primitive cell, which decides whether its electrons are an odd
    number. Redox-active ions and bonds between like atoms, as in P2S6 4-, are refused unless they are allowed.
    """
    found = None if len(formula) == 1 or is_alloy(formula) else assigned(formula)
    if found is None or (found.redox_active and not redox_active):
        return False
    single = found.averaged is None or found.averaged in METALS
    return (like_bonds or single) and not (units % 2 and found.leaves_half_filled(formula))


def may_balance(formula: Formula) -> bool:
    """Whether a crystal of this formula may pass the check with its default options, given the right bonds."""
    return len(formula) == 1 or is_alloy(formula) or assigned(formula) is not None


def is_alloy(formula: Formula) -> bool:
    """Whether all elements are metals or metalloids next to them."""
    return not any(z in NON_METALS and z not in METALLOIDS for z, _ in formula)
