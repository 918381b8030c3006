"""Each compound has one family, that of its most electronegative non-metal."""

from __future__ import annotations

import pytest
from pymatgen.core import Composition, Element

from electrolith.validators.chemistry.compound_families import (
    BY_ELECTRONEGATIVITY,
    COMPOUND_FAMILIES,
    WITH_ANION,
    chemistry_of,
    compound_family_of,
)


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("Li2SO4", "oxides"),
        ("Li3YCl6", "chlorides"),
        ("Li6PS5Cl", "chlorides"),
        ("Li3PS4", "sulfides"),
        ("LaOF", "fluorides"),
        ("LiPON", "oxides"),
        ("Li3N", "nitrides"),
        ("LiI", "bromides and iodides"),
        ("PbTe", "selenides and tellurides"),
        ("LaB6", "carbides, hydrides, phosphides, arsenides and borides"),
        ("Mg2Si", "intermetallics"),
        ("Cu3Au", "intermetallics"),
    ],
)
def test_compounds_have_the_family_of_their_most_electronegative_non_metal(formula: str, family: str) -> None:
    numbers = {element.Z for element in Composition(formula).elements}
    assert compound_family_of(numbers) == family
    with_f = any(element.is_rare_earth and element.Z not in (21, 39) for element in Composition(formula).elements)
    assert chemistry_of(numbers) == family + " with f elements" * with_f


def test_families_are_in_the_order_of_their_largest_electronegativity_and_the_ionic_ones_have_an_anion() -> None:
    largest = [max(Element(symbol).X for symbol in symbols) for _, symbols in BY_ELECTRONEGATIVITY]
    assert largest == sorted(largest, reverse=True)
    anions = ("N", "O", "F", "Cl", "Br", "I", "S", "Se", "Te")
    assert {compound_family_of({Element(symbol).Z}) for symbol in anions} == set(WITH_ANION)
    assert set(COMPOUND_FAMILIES) - set(WITH_ANION) == {compound_family_of({1}), compound_family_of({26})}
