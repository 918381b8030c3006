"""Families of crystals by their anions: potentials and surrogates have different errors for each.

A crystal belongs to the family of its most electronegative anion (Pauling), so that sulfates are oxides.
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
F_BLOCK = frozenset({*range(57, 72), *range(89, 104)})  # lanthanides and actinides
NUMBERS = {Element(symbol).Z: family for family, symbols in OF_ANIONS.items() for symbol in symbols}


def kind_of(elements: Iterable[int]) -> str:
    """``WITH_ANIONS`` if N, O, F, a heavier halogen or a chalcogen is among these atomic numbers, else ``WITHOUT``."""
    return WITHOUT if NUMBERS.keys().isdisjoint(elements) else WITH_ANIONS


def family_of(elements: Iterable[int]) -> str:
    """The family of the most electronegative anion among these atomic numbers; ``WITHOUT`` if there is none."""
    anions = NUMBERS.keys() & elements
    return NUMBERS[max(anions, key=_electronegativity)] if anions else WITHOUT


@cache
def _electronegativity(number: int) -> float:
    return float(Element.from_Z(number).X)
