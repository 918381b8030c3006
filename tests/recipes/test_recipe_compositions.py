"""Laws of the filter that a recipe makes: its limits, and only those that a composition decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymatgen.core import Composition

from electrolith.gen.errors import UserError
from electrolith.recipes.recipe_compositions import composition_filter
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.validators.composition_filter import CompositionFilter

WINDOW = "checks:\n  - check: window\n    oxidation_at_least: 4.0\n    margin: 0\n"


def passes(asked: CompositionFilter, formula: str) -> bool:
    return asked({element.Z: round(amount) for element, amount in Composition(formula).items()})


@pytest.mark.parametrize(
    ("recipe", "kept", "refused"),
    [
        ("electrolyte", ("Li3PS4", "Li6PS5Cl", "Li7La3Zr2O12", "LiZr2P3O12", "Li3YCl6"), ("Li3N", "LiAl", "Li2PS3")),
        ("catholyte", ("Li3YCl6", "LiZr2P3O12"), ("Li3PS4", "Li3N")),
        ("anolyte", ("Li3N", "Li7La3Zr2O12", "LiI"), ("Li3PS4", "LiTi2P3O12")),
        ("coating", ("LiNbO3", "Li3PO4"), ("Li2S", "Li3N")),
        ("coating-anode", ("LiF", "Li2O"), ("LiNbO3",)),
    ],
)
def test_known_compounds_pass_the_recipe_of_their_use(
    recipe: str, kept: tuple[str, ...], refused: tuple[str, ...]
) -> None:
    asked = composition_filter(recipe)
    assert [formula for formula in kept if not passes(asked, formula)] == []
    assert [formula for formula in refused if passes(asked, formula)] == []


def test_the_filter_asks_the_checks_of_a_composition_that_have_a_limit() -> None:
    assert [check.name for check in composition_filter("coating").checks] == [
        "toxicity", "window", "interface", "interface",
    ]  # fmt: skip
    assert [check.name for check in composition_filter("anolyte").checks] == ["toxicity", "window"]


def test_the_limits_are_those_of_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(WINDOW)
    assert passes(composition_filter(file), "LiF")
    assert not passes(composition_filter(str(file)), "Li2S")
    file.write_text(WINDOW.replace("4.0", "2.0"))
    assert passes(composition_filter(find_recipe(file)), "Li2S")


def test_the_check_of_charges_decides_about_redox_active_ions_and_bonds(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("checks:\n  - check: charge\n")
    assert passes(composition_filter(file), "LiFePO4")
    assert passes(composition_filter(file), "Li4P2S6")
    file.write_text("checks:\n  - check: charge\n    redox_active: false\n    like_bonds: false\n")
    assert not passes(composition_filter(file), "LiFePO4")
    assert not passes(composition_filter(file), "Li4P2S6")


def test_an_unknown_recipe_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UserError, match="Did you mean catholyte"):
        composition_filter("catolyte")
