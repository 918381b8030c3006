"""Kinds of crystals, which potentials and surrogates see differently: with anions and without.

Those with anions fall into families by the most electronegative of them (Pauling), so that sulfates are oxides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pymatgen.core import Element

WITH_ANIONS, WITHOUT = KINDS = ("with anions", "without anions")
OF_ANIONS = {
    "fluorides": ("F",),
    "oxides and nitrides": ("O", "N"),
    "halides": ("Cl", "Br", "I"),
    "chalcogenides": ("S", "Se", "Te"),
}
FAMILIES = (*OF_ANIONS, WITHOUT)
NUMBERS = {Element(symbol).Z: family for family, symbols in OF_ANIONS.items() for symbol in symbols}


def kind_of(elements: Iterable[int]) -> str:
    """Whether N, O, F, their heavier halogens or chalcogens are among these atomic numbers."""
    return WITHOUT if NUMBERS.keys().isdisjoint(elements) else WITH_ANIONS


def family_of(elements: Iterable[int]) -> str:
    """That of the most electronegative of the anions among these atomic numbers; ``WITHOUT`` where there is none."""
    anions = NUMBERS.keys() & elements
    return NUMBERS[max(anions, key=_electronegativity)] if anions else WITHOUT


@cache
def _electronegativity(number: int) -> float:
    return float(Element.from_Z(number).X)
