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


@pytest.mark.parametrize("text", ["", "?", "Xx2", "(Fe,Mn)2 O3", "C6 H6 )", "((C6", "Na x", "al2 o3", "(" * 1_000])
def test_what_is_no_formula_is_not_understood(text: str) -> None:
    assert formula_of(text) is None


def test_moieties_are_added_with_their_factors() -> None:
    formula = moieties_of("2(C2 H6 O), Na 1+, Cl 1-, 0.5(H2 O)")
    assert formula is not None
    assert formula_text(formula.counts) == "C4 Cl H13 Na O2.5"
    assert moieties_of("C2 H6, unknown") is None
