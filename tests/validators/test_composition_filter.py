"""Laws of the filter of compositions: charges first, then checks of a formula."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pymatgen.core import Composition

from electrolith.validators import Barrier, Window
from electrolith.validators.composition_filter import CompositionFilter


def counts_of(formula: str) -> Mapping[int, int]:
    return {element.Z: round(amount) for element, amount in Composition(formula).items()}


@pytest.mark.parametrize("formula", ["Li3PS4", "Li6PS5Cl", "Li6P2S8", "Li3YCl6"])
def test_an_ionic_composition_passes_whatever_the_size_of_its_cell(formula: str) -> None:
    assert CompositionFilter()(counts_of(formula))


@pytest.mark.parametrize("formula", ["Li2PS3", "LiOP", "LiAl", "LiFePO4", "LiGeO2"])
def test_bonds_between_like_atoms_alloys_and_open_shells_do_not(formula: str) -> None:
    assert not CompositionFilter()(counts_of(formula))


def test_what_is_allowed_passes() -> None:
    assert CompositionFilter(redox_active=True)(counts_of("LiFePO4"))
    assert CompositionFilter(like_bonds=True)(counts_of("Li2PS3"))


def test_checks_of_a_formula_are_asked_and_those_of_a_crystal_are_left_out() -> None:
    strict = CompositionFilter([Barrier(in_3d_at_most=0.1), Window(oxidation_at_least=4.0, margin=0.0)])
    assert len(strict.checks) == 1
    assert strict(counts_of("LiF"))
    assert not strict(counts_of("Li2S"))


def test_a_near_miss_passes_unless_it_must_not() -> None:
    checks = [Window(oxidation_at_least=2.4, margin=0.3)]  # Li2S is oxidised at 2.25 V
    assert CompositionFilter(checks)(counts_of("Li2S"))
    assert not CompositionFilter(checks, near_misses=False)(counts_of("Li2S"))
