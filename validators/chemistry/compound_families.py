"""Families of compounds by their most electronegative non-metal: oxides, sulfides, …, intermetallics.

They are finer than ``anion_families``, for the shares of each chemistry in a set of crystals.
"""

from __future__ import annotations

from collections.abc import Iterable

from pymatgen.core import Element

from .anion_families import F_BLOCK

INTERMETALLICS = "intermetallics"  # with Si, Ge, Sn, Sb and Bi: they bind as metals do
BY_ELECTRONEGATIVITY = (  # Pauling, descending
    ("fluorides", ("F",)),
    ("oxides", ("O",)),
    ("chlorides", ("Cl",)),
    ("nitrides", ("N",)),
    ("bromides and iodides", ("Br", "I")),
    ("sulfides", ("S",)),
    ("selenides and tellurides", ("Se", "Te")),
    ("carbides, hydrides, phosphides, arsenides and borides", ("C", "H", "P", "As", "B")),
)
COMPOUND_FAMILIES = (*(family for family, _ in BY_ELECTRONEGATIVITY), INTERMETALLICS)
WITH_ANION = COMPOUND_FAMILIES[:-2]  # N, O, F, a heavier halogen or a chalcogen
WITH_F = " with f elements"
NON_METALS = tuple(Element(symbol).Z for _, symbols in BY_ELECTRONEGATIVITY for symbol in symbols)  # in this order
_NUMBERS = [(family, frozenset(Element(s).Z for s in symbols)) for family, symbols in BY_ELECTRONEGATIVITY]


def compound_family_of(elements: Iterable[int]) -> str:
    """The family of a compound of these atomic numbers: sulfates are oxides, oxyfluorides are fluorides."""
    present = set(elements)
    return next((family for family, numbers in _NUMBERS if not numbers.isdisjoint(present)), INTERMETALLICS)


def chemistry_of(elements: Iterable[int]) -> str:
    """The family, and whether there is an f element, e.g. ``sulfides with f elements``."""
    present = set(elements)
    return compound_family_of(present) + WITH_F * (not F_BLOCK.isdisjoint(present))
