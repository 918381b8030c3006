"""Laws of the filter of compositions: charges first, then checks of a formula."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pymatgen.core import Composition

from electrolith.validators import Barrier, Verdict, Window
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
    assert CompositionFilter(like_bonds=True)(counts_of("Li4P2S6"))


def test_the_number_of_formula_units_in_the_cell_decides_whether_its_electrons_are_odd() -> None:
    bonded = CompositionFilter(like_bonds=True)  # Li2PS3 with P4+ has 69 electrons
    assert not bonded(counts_of("Li2PS3"))
    assert bonded(counts_of("Li4P2S6"))
    assert not bonded(counts_of("Li6P3S9"))
    assert bonded.answer(counts_of("Li2PS3")).refused_by == "charge"
    assert CompositionFilter(redox_active=True)(counts_of("LiCoO2"))


def test_a_refusal_names_its_check_and_the_composition() -> None:
    found = CompositionFilter([Window(oxidation_at_least=4.0, margin=0.0)]).answer(counts_of("Li2S"))
    assert found.refused_by == "window"
    assert found.reason.startswith("Li2S: ")


def test_an_unknown_verdict_passes_unless_the_check_must_know() -> None:
    class Unknown(Window):
        def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
            return self.verdict(None, reason=f"{composition} is not known to {formation_energy}")

    assert CompositionFilter([Unknown()])(counts_of("Li2S"))
    assert not CompositionFilter([Unknown()], known_only=["window"])(counts_of("Li2S"))


def test_checks_of_a_formula_are_asked_and_those_of_a_crystal_are_left_out() -> None:
    strict = CompositionFilter([Barrier(in_3d_at_most=0.1), Window(oxidation_at_least=4.0, margin=0.0)])
    assert len(strict.checks) == 1
    assert strict(counts_of("LiF"))
    assert not strict(counts_of("Li2S"))


def test_a_near_miss_passes_unless_it_must_not() -> None:
    checks = [Window(oxidation_at_least=2.4, margin=0.3)]  # Li2S is oxidised at 2.25 V
    assert CompositionFilter(checks).answer(counts_of("Li2S")) == ("", "", True)
    assert CompositionFilter(checks).answer(counts_of("LiF")) == ("", "", False)
    assert not CompositionFilter(checks, near_misses=False)(counts_of("Li2S"))
