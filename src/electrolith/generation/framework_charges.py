"""Numbers of new ions that balance the charges of a framework."""

from __future__ import annotations

from collections.abc import Mapping

from ..disorder.formal_charges import REDOX_ACTIVE, NoCharges, formal_charges
from .balanced_composition import balanced


def neutral_numbers(framework: Mapping[int, int], redrawn: Mapping[int, float], new: int, most: int) -> list[int]:
    """Numbers of atoms of the element ``new``, up to ``most``, that are neutral with the ``framework``.

    The framework keeps the formal charges that it has with the ions that are ``redrawn``. Where it holds ions with open
    d shells, as a cathode does, or has no formal charges, every number counts with which the charges can balance.
    ``framework`` and ``redrawn`` are numbers of atoms in the primitive cell by atomic number.
    """
    numbers = range(1, most + 1)
    able = [n for n in numbers if balanced({**framework, new: framework.get(new, 0) + n})]
    before: dict[int, float] = dict(framework)
    for z, n in redrawn.items():
        before[z] = before.get(z, 0) + n
    try:
        charges = formal_charges(before)
    except NoCharges:
        return able
    if charges.mixed_valence is not None or REDOX_ACTIVE & framework.keys():
        return able
    missing = -charges.net(dict(framework))
    states = {charges.of[new]} if new in charges.of else set(_states(new))
    return [n for n in able if any(abs(n * state - missing) < 0.5 for state in states)]


def _states(new: int) -> tuple[int, ...]:
    """The common oxidation states of an element."""
    from pymatgen.core import Element

    return tuple(int(state) for state in Element.from_Z(new).common_oxidation_states)
