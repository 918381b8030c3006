"""Formulas are read as people write them where the meaning is sure, and otherwise refused with the likely meaning."""

from __future__ import annotations

import pytest
from ase.data import chemical_symbols
from hypothesis import given, settings
from hypothesis import strategies as st

from electrolith.conditioners.formula import Formula
from electrolith.conditioners.targets import Targets
from electrolith.gen.errors import UserError
from electrolith.gen.formula_text import read_formula, written
from electrolith.screening.single_check import run_single_check
from electrolith.validators.thermodynamics.formulas import composition_of
from electrolith.validators.thermodynamics.interface import partner_of


@pytest.mark.parametrize(
    "text",
    [
        "Li3PS4", "Li₃PS₄", "Ｌｉ３ＰＳ４", "Li_3PS_4", "$Li_3PS_4$", " Li3 PS4 ", "li3ps4", "LI3PS4", "Li3(PS4)",
        "Li3[PS4]1", "PS4Li3", "Li3PS4^0", "Li\u200b3PS4",
    ],
)  # fmt: skip
def test_spellings_of_one_formula_mean_the_same(text: str) -> None:
    assert sorted(read_formula(text).amounts.items()) == [("Li", 3), ("P", 1), ("S", 4)]
    assert composition_of(text).reduced_formula == "Li3PS4"
    assert partner_of(text).reduced_formula == "Li3PS4"
    assert Formula.parse("formula", text).counts == ((3, 3), (15, 1), (16, 4))


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("CuSO4·5H2O", "CuSO9H10"), ("CuSO4*5H2O", "CuSO9H10"), ("CuSO4.5H2O", "CuSO9H10"), ("CuSO4•5 H2O", "CuSO9H10"),
        ("CaSO4·0.5H2O", "CaSO4.5H"), ("CaSO4.0.5H2O", "CaSO4.5H"), ("LiOH.H2O", "LiO2H3"), ("Li0.5H2O", "Li0.5H2O"),
        ("Li2O·B2O3", "Li2O4B2"), ("K4[Fe(CN)6]·3H2O", "K4FeC6N6H6O3"), ("Li+", "Li"), ("PS4^3-", "PS4"),
        ("PS₄³⁻", "PS4"), ("Fe³⁺", "Fe"), ("SO4 2-", "SO4"), ("[PS4]3-", "PS4"), ("OH−", "OH"), ("D2O", "H2O"),
        ("NaN", "NaN"), ("NO", "NO"), ("No", "No"), ("nacl", "NaCl"), ("tio2", "TiO2"), ("Li0.5CoO2", "Li0.5CoO2"),
    ],
)  # fmt: skip
def test_a_sure_meaning_is_accepted(text: str, formula: str) -> None:
    assert written(read_formula(text).amounts) == formula


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("co", "Did you mean CO or Co"), ("sno2", "Did you mean SNO2 or SnO2"), ("LiCL", "Did you mean LiCl"),
        ("Liq", "Did you mean Li"), ("lithium", "Did you mean Li"), ("LiX", "Did you mean Xe"),
        ("Fe3+", "where its charge begins"), ("NH4+", r"write \^ before the charge"), ("Na+Cl-", "without +"),
        ("2 Li3PS4", "write one formula unit"), ("Li3PS4 + LiCl", "write one formula"),
        ("Li7-xLa3Zr2O12", "a variable: write a number"), ("Li0,5CoO2", "write Li0.5CoO2"),
        ("Li1/2CoO2", "write a decimal number"), ("Li999999999", "more than 10,000"), ("Li0", "no atom of Li"),
        ("Li((", "is missing"), ("Li)2", "closes nothing"), ("(" * 60, "too deep"), ("Li2O·", "is empty"),
        ("=cmd", "has no place"), ("\x1b[31mLi", "not a formula"), ("", "names no element"), ("water", "write symbols"),
        ("/tmp/x", "has no place"), ("a.cif", "not a formula"), ("Li1e400F", "follows no element"),
        ("9" * 5000, "is not a formula"), ("naCl", "Did you mean NaCl"), ("Li2(oH)", r"Did you mean Li2\(OH\)"),
        ("MgCl2·nH2O", "and begins none"), ("LiCl(aq)", "and begins none"), ("Li()", "brackets is empty"),
        ("Fe(III)2O3", "is an oxidation"), ("FeIIO", "is an oxidation state"), ("Fe3O4(II)", "is an oxidation state"),
        ("LiFSI", r"write LiN\(SO2F\)2"), ("LLZO", "write Li7La3Zr2O12"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_likely_meaning(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        read_formula(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250


def test_whole_numbers_are_proposed_where_a_cell_needs_them() -> None:
    with pytest.raises(UserError, match=r"whole numbers, e\.g\. LiCo2O4"):
        Targets(formula="Li0.5CoO2")


def test_checks_take_the_same_spellings_and_say_what_they_need() -> None:
    (found,) = run_single_check("cost", ["Li₃PS₄"], [])
    assert found.formula == "Li3PS4"
    with pytest.raises(UserError, match=r"LiCl is a formula\. Check conductivity needs crystals: give a file"):
        run_single_check("conductivity", ["LiCl"], [])
    with pytest.raises(UserError, match=r"x\.cif does not exist"):
        run_single_check("conductivity", ["x.cif"], [])
    with pytest.raises(UserError, match="neither an existing path nor a formula"):
        run_single_check("cost", ["nowhere/LiCl.cif"], [])
    with pytest.raises(UserError, match=r"Did you mean CO or Co.*no file"):
        run_single_check("cost", ["co"], [])


def test_elements_of_a_chemical_system_may_be_in_lower_case() -> None:
    assert Targets(chemical_system="li-p-s") == Targets(chemical_system="Li-P-S")
    assert Targets(elements="co") == Targets(elements="Co")


COUNTS = st.dictionaries(st.sampled_from(chemical_symbols[1:95]), st.integers(1, 99), min_size=1, max_size=5)
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@settings(max_examples=150, deadline=None)
@given(amounts=COUNTS)
def test_every_formula_is_read_as_it_was_written(amounts: dict[str, int]) -> None:
    text = written({symbol: float(n) for symbol, n in amounts.items()})
    assert read_formula(text).amounts == amounts
    assert read_formula(text.translate(SUBSCRIPTS)).amounts == amounts


@settings(max_examples=150, deadline=None)
@given(text=st.text(alphabet="LiCoNaCl3PS4()[]0.5·^+-₃ xé%\t", max_size=20) | st.text(max_size=12))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        found = read_formula(text)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017  many texts are formulas
    else:
        assert read_formula(found.text).amounts == pytest.approx(found.amounts)
