"""Distance to the hull: differences of energy come through, products are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.relaxation.potentials import ENERGY, POTENTIAL
from electrolith.validators.thermodynamics.formation_energy import references
from electrolith.validators.thermodynamics.stability import Stability

Named = Callable[[str], Crystal]


def carrying(crystal: Crystal, energy: float) -> Crystal:
    info = {ENERGY: energy, POTENTIAL: "chgnet"}
    return Crystal.of(crystal.lattice, crystal.frac_coords, crystal.atomic_numbers, crystal.name, info)


def test_what_is_added_to_the_energy_is_added_to_the_distance(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    low, high = (Stability(at_most=None).check(carrying(salt, energy)) for energy in (-3.4, -3.2))
    assert low.value is not None
    assert high.value is not None
    assert high.value - low.value == pytest.approx(0.2, abs=1e-6)


def test_the_elements_zeros_are_taken_off(crystal_named: Named) -> None:
    zeros = references().energies
    metal = carrying(crystal_named("Cu"), zeros[29] + 0.07)
    assert Stability().check(metal).value == pytest.approx(0.07, abs=1e-6)


def test_the_limit_divides_stable_from_unstable_and_the_products_are_named(crystal_named: Named) -> None:
    zeros = references().energies
    oxide = crystal_named("Li2O")
    elements = (2 * zeros[3] + zeros[8]) / 3  # the energy of lithium and oxygen side by side
    verdict = Stability(at_most=0.1).check(carrying(oxide, elements))
    assert verdict.passed is False
    products = {detail.name: detail.value for detail in verdict.details}["decomposes into"]
    assert products == "Li2O"
    assert verdict.value is not None
    stable = Stability(at_most=0.1).check(carrying(oxide, elements - verdict.value + 0.09))
    assert stable.passed


def test_an_element_without_a_zero_is_unknown(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    strange = Crystal.of(salt.lattice, salt.frac_coords, [118] * len(salt), "", {ENERGY: -1.0, POTENTIAL: "chgnet"})
    assert Stability().check(strange).passed is None


def test_a_potential_whose_zeros_are_unknown_is_refused() -> None:
    with pytest.raises(UserError, match="have not been fitted"):
        Stability(potential="ase.calculators.emt:EMT")


@pytest.mark.filterwarnings("ignore")
def test_without_a_relaxation_the_crystal_is_judged_as_it_is_and_that_is_said(crystal_named: Named) -> None:
    pytest.importorskip("chgnet")
    verdict = Stability().check(crystal_named("Li2O"))
    assert verdict.passed
    assert {detail.name: detail.value for detail in verdict.details}["relaxed"] == "no"
