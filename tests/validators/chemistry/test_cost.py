"""Prices and elements to avoid: every row has a source, mixtures lie between their elements, limits hold."""

from __future__ import annotations

import csv

import pytest
from pymatgen.core import Composition, Element

from electrolith.gen.errors import UserError
from electrolith.validators import Verdict, validator
from electrolith.validators.chemistry.cost import PRICES, prices
from electrolith.validators.chemistry.toxicity import ELEMENTS


def ask(name: str, formula: str, **options: object) -> Verdict:
    return validator(name, **options).check_composition(Composition(formula))  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [PRICES, ELEMENTS], ids=lambda path: path.stem)
def test_every_row_names_an_element_once_with_source_and_year(path: object) -> None:
    with path.open(encoding="utf-8", newline="") as file:  # type: ignore[attr-defined]
        rows = list(csv.DictReader(file))
    symbols = [row["element"] for row in rows]
    assert len(symbols) == len(set(symbols)) > 0
    assert all(Element.is_valid_symbol(symbol) for symbol in symbols)
    assert all(row["source"] and 1990 < int(row["year"]) < 2030 for row in rows)


@pytest.mark.parametrize("symbol", ["Li", "Ge", "Au", "O"])
def test_the_price_of_an_element_is_that_of_the_table(symbol: str) -> None:
    assert ask("cost", symbol).value == pytest.approx(prices()[symbol].usd_per_kg)


@pytest.mark.parametrize("formula", ["Li7La3Zr2O12", "Li10GeP2S12", "LiFePO4"])
def test_a_compound_costs_neither_more_nor_less_than_its_elements(formula: str) -> None:
    value = ask("cost", formula).value
    elements = [prices()[element.symbol].usd_per_kg for element in Composition(formula)]
    assert value is not None
    assert min(elements) < value < max(elements)


def test_germanium_is_most_of_the_price_of_lgps() -> None:
    verdict = ask("cost", "Li10GeP2S12", at_most=50.0)
    assert verdict.passed is False
    assert verdict.details[0].value == "Ge"
    assert ask("cost", "Li6PS5Cl", at_most=50.0).passed is True


def test_an_element_without_a_price_is_unknown_and_named() -> None:
    verdict = ask("cost", "LiTcO4")
    assert verdict.passed is None
    assert "Tc" in verdict.reason


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(UserError, match="A price is above 0"):
        validator("cost", at_most=0.0)


def test_lead_and_thorium_are_avoided_with_the_reason_and_a_garnet_is_not() -> None:
    assert ask("toxicity", "Li7La3Zr2O12").passed is True
    verdict = ask("toxicity", "PbThO4")
    assert verdict.passed is False
    assert verdict.value == 2
    assert "Pb: harms" in verdict.reason
    assert "radioactive" in verdict.reason


def test_elements_can_be_allowed_and_added() -> None:
    assert ask("toxicity", "PbO", allow=["Pb"]).passed is True
    assert ask("toxicity", "LiCoO2", also=["Co"]).passed is False
    with pytest.raises(UserError, match="cannot be both"):
        validator("toxicity", allow=["Pb"], also=["Pb"])
    with pytest.raises(UserError, match="Xx is not an element"):
        validator("toxicity", also=["Xx"])
