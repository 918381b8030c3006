"""Formulas that a CIF states."""

from __future__ import annotations

import pytest

from electrolith.gen.reading.cif_formulas import formula_of, formula_text, moieties_of


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Al2 Mg O4", "Al2 Mg O4"), ("Na4Cl4", "Cl4 Na4"), ("D2 O", "H2 O"), ("Ca (O H)2", "Ca H2 O2"),
        ("Li6.25 La3 Zr2 O12", "La3 Li6.25 O12 Zr2"), ("- Fe3 O4 -", "Fe3 O4"), ("H4 N 1+", "H4 N"),
    ],
)  # fmt: skip
def test_a_formula_counts_its_atoms(text: str, counts: str) -> None:
    formula = formula_of(text)
    assert formula is not None
    assert formula_text(formula.counts) == counts


@pytest.mark.parametrize("text", ["", "?", "Xx2", "(Fe,Mn)2 O3", "C6 H6 )", "((C6", "Na x", "xx2 o3", "(" * 1_000])
def test_what_is_no_formula_is_not_understood(text: str) -> None:
    assert formula_of(text) is None


def test_moieties_are_added_with_their_factors() -> None:
    formula = moieties_of("2(C2 H6 O), Na 1+, Cl 1-, 0.5(H2 O)")
    assert formula is not None
    assert formula_text(formula.counts) == "C4 Cl H13 Na O2.5"
    assert moieties_of("C2 H6, unknown") is None


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("LI O H", {3: 1, 8: 1, 1: 1}), ("li o h", {3: 1, 8: 1, 1: 1}), ("LIOH", {3: 1, 8: 1, 1: 1}),
        ("Li2 O * H2 O", {3: 2, 8: 2, 1: 2}), ("Li O . H O", {3: 1, 8: 2, 1: 1}), ("NA2 O2", {11: 2, 8: 2}),
        ("Ca S O4*2H2O", {20: 1, 16: 1, 8: 6, 1: 4}), ("H<sub>2</sub>O", {1: 2, 8: 1}), ("H_2_O", {1: 2, 8: 1}),
        ("Li0.5CoO2", {3: 0.5, 27: 1, 8: 2}),
    ],
)  # fmt: skip
def test_other_writings_of_a_formula_are_understood(text: str, counts: dict[int, float]) -> None:
    formula = formula_of(text)
    assert formula is not None
    assert formula.counts == counts


def test_letters_of_one_case_with_two_readings_are_not_guessed() -> None:
    assert formula_of("coo2") is None
