"""Substitutions as a person writes them, ``Zr:Ta=0.25``, and the charge of a dopant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ase.data import atomic_numbers, chemical_symbols

from ..gen.errors import UserError, did_you_mean

FORM = re.compile(r"\s*([A-Z][a-z]?)\s*:\s*([A-Z][a-z]?)\s*=\s*([\d.]+)\s*(%?)\s*")


@dataclass(frozen=True)
class Substitution:
    """A ``share`` of the atoms of the element ``of`` that become ``by`` (atomic numbers)."""

    of: int
    by: int
    share: float


def substitution_of(text: str) -> Substitution:
    """The substitution that a text such as ``Zr:Ta=0.25`` describes. Raises ``UserError``."""
    found = FORM.fullmatch(text)
    if not found:
        raise UserError(f"--substitute {text[:60]}: write OLD:NEW=SHARE, e.g. Zr:Ta=0.25.")
    try:
        share = float(found[3]) / (100 if found[4] else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        given = f"{found[3]}{found[4]}"
        raise UserError(f"--substitute {text[:60]}: the share is {given}; it must be above 0 and at most 1.")
    return Substitution(element_of(found[1]), element_of(found[2]), share)


def element_of(symbol: str) -> int:
    """The atomic number of an element. Raises ``UserError``."""
    if symbol not in atomic_numbers or symbol == "X":
        raise UserError(f"{symbol} is not an element.{did_you_mean(symbol, chemical_symbols[1:])}")
    return int(atomic_numbers[symbol])


def nearest_state(z: int, charge: float) -> int:
    """The oxidation state of a dopant that is nearest to the charge of what it replaces. Raises ``UserError``."""
    from pymatgen.core import Element

    element = Element.from_Z(z)
    never = charge > 0 and (element.is_halogen or z == 8)
    for states in (element.common_oxidation_states, element.icsd_oxidation_states, element.oxidation_states):
        fitting = [] if never else [int(q) for q in states if q * charge > 0]
        if fitting:
            return min(fitting, key=lambda q: (abs(q - charge), -q))
    kind = "cation" if charge > 0 else "anion"
    raise UserError(f"{chemical_symbols[z]} is no {kind}: it cannot replace an ion of charge {charge:+g}.")
