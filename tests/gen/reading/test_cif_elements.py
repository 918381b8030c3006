"""Elements from type symbols and labels: none is guessed from a group of atoms or a vacancy."""

from __future__ import annotations

import pytest

from electrolith.gen.reading.cif_elements import element_of
from electrolith.gen.reading.cif_faults import CifFault

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("symbol", "number"),
    [
        ("Li", 3), ("Li1+", 3), ("Li+", 3), ("Li0+", 3), ("O2-", 8), ("O-2", 8), ("Fe+3", 26), ("Fe2.67+", 26),
        ("Fe3+,spin=5", 26), ("Cl1-", 17), ("LI", 3), ("cl", 17), ("Cm", 96), ("O0", 8),
    ],
)  # fmt: skip
def test_a_type_symbol_is_an_element_in_any_writing_of_its_charge(symbol: str, number: int) -> None:
    assert element_of(symbol, "X1", NOTHING).number == number


@pytest.mark.parametrize(("symbol", "number"), [("D", 1), ("T", 1), ("2H", 1), ("7Li", 3), ("Li7", 3), ("H2", 1)])
def test_an_isotope_is_its_element_with_a_remark(symbol: str, number: int) -> None:
    element = element_of(symbol, "X1", NOTHING)
    assert element.number == number
    assert element.remark.startswith("The isotope")


@pytest.mark.parametrize(
    ("symbol", "label"),
    [("Va", "Va1"), ("Vac", "X"), ("", "Va1"), ("", "VAC"), ("V", "Vac1"), ("V3+", "vacancy"), ("", "Vacancy1"),
     ("", "Vac_1"), ("", "va"), ("", "Vc"), ("", "Va1A"), ("Vac1", "A1"), ("X", "Vac1")],
)  # fmt: skip
def test_a_vacancy_is_no_atom_and_never_vanadium(symbol: str, label: str) -> None:
    element = element_of(symbol, label, NOTHING)
    assert element.number == 0
    assert "vacancy" in element.remark


@pytest.mark.parametrize(("symbol", "label"), [("V", "Va1"), ("V", "VA"), ("V", "V_Na"), ("Na", "Vac1")])
def test_a_site_that_may_be_a_vacancy_or_an_element_is_refused(symbol: str, label: str) -> None:
    with pytest.raises(CifFault, match="may be a vacancy or"):
        element_of(symbol, label, NOTHING)


def test_vanadium_by_symbol_or_formula_stays_vanadium() -> None:
    assert [element_of("V", label, NOTHING).number for label in ("V1", "V", "V_1", "V1A", "Vb1")] == [23] * 5
    assert element_of("V", "Va1", frozenset({"V", "O"})).number == 23


@pytest.mark.parametrize("group", ["NH4", "OH", "OH2", "H2O", "Wat", "Nh", "Cn", "Og", "O-H", "CO", "Fe/Mn", "X", "O2"])
def test_a_group_of_atoms_is_no_element(group: str) -> None:
    with pytest.raises(CifFault):
        element_of(group, "A1", NOTHING)


@pytest.mark.parametrize(
    "label", ["NH4", "Nh1", "OH1", "Wat", "Ow2", "H2O", "X1", "CO1", "CA1", "NA1", "1", "W1", "T1", "M1", "A1", "B1"]
)
def test_a_label_that_is_not_sure_is_refused_where_no_formula_is_stated(label: str) -> None:
    with pytest.raises(CifFault):
        element_of("", label, NOTHING)


@pytest.mark.parametrize(
    ("label", "stated", "number"),
    [("Co1", "", 27), ("C1", "", 6), ("Cm1", "", 96), ("SiT", "", 14), ("OA1", "", 8), ("O2'", "", 8), ("Ca1", "", 20),
     ("CO1", "Co O", 27), ("CA1", "C H O", 6), ("CA1", "Ca O", 20), ("NA", "Na Cl", 11), ("Va1", "V O", 23),
     ("OH1", "O H Al", 8), ("W1", "W O", 74), ("B1", "B O", 5)],
)  # fmt: skip
def test_a_label_is_read_with_the_help_of_the_stated_formula(label: str, stated: str, number: int) -> None:
    assert element_of("", label, frozenset(stated.split())).number == number


def test_a_type_symbol_that_the_label_contradicts_is_remarked() -> None:
    assert element_of("Mn", "Fe1", NOTHING).remark == "The site Fe1 is Mn by its type symbol."
    assert element_of("Mn", "Mn1", NOTHING).remark == ""
    assert element_of("O", "Oa1", NOTHING).remark == ""
