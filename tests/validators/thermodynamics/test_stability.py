"""Distance to the hull: differences of energy are kept, products are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.findings import PotentialEnergy
from electrolith.validators.relaxation.potential_energy import ENERGY, POTENTIAL, known_energy
from electrolith.validators.thermodynamics.formation_energy import references
from electrolith.validators.thermodynamics.stability import Stability

Named = Callable[[str], Crystal]


def carrying(crystal: Crystal, energy: float) -> Crystal:
    return crystal.with_findings(energy=PotentialEnergy(energy, "chgnet"))


def test_the_energy_of_a_relaxation_counts_before_that_of_the_input_and_only_for_its_potential(
    crystal_named: Named,
) -> None:
    column = crystal_named("NaCl").with_info({ENERGY: -3.3, POTENTIAL: "chgnet"})
    assert known_energy(column, "chgnet") == -3.3
    assert known_energy(column, "sevenn-0") is None
    assert known_energy(carrying(column, -3.4), "chgnet") == -3.4
    assert known_energy(column.with_findings(energy=PotentialEnergy(-5.0, "sevenn-0")), "chgnet") is None


def test_a_shift_of_the_energy_shifts_the_distance_to_the_hull(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    low, high = (Stability(at_most=None, known=False).check(carrying(salt, energy)) for energy in (-3.4, -3.2))
    assert low.value is not None
    assert high.value is not None
    assert high.value - low.value == pytest.approx(0.2, abs=1e-6)


def test_the_reference_energies_of_the_elements_are_subtracted(crystal_named: Named) -> None:
    zeros = references().energies
    metal = carrying(crystal_named("Cu"), zeros[29] + 0.07)
    assert Stability(known=False).check(metal).value == pytest.approx(0.07, abs=1e-6)


def test_the_limit_divides_stable_from_unstable_and_the_products_are_named(crystal_named: Named) -> None:
    zeros = references().energies
    oxide = crystal_named("Li2O")
    elements = (2 * zeros[3] + zeros[8]) / 3  # the energy of lithium and oxygen side by side
    verdict = Stability(at_most=0.1, known=False).check(carrying(oxide, elements))
    assert verdict.passed is False
    products = {detail.name: detail.value for detail in verdict.details}["decomposes into"]
    assert products == "Li2O"
    assert verdict.value is not None
    stable = Stability(at_most=0.1, known=False).check(carrying(oxide, elements - verdict.value + 0.09))
    assert stable.passed


def test_an_element_without_a_reference_energy_is_unknown(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    strange = Crystal.of(salt.lattice, salt.frac_coords, [118] * len(salt))
    assert Stability().check(carrying(strange, -1.0)).passed is None


def test_a_potential_without_reference_energies_is_refused() -> None:
    with pytest.raises(UserError, match="on no known scheme"):
        Stability(potential="ase.calculators.emt:EMT")


@pytest.mark.filterwarnings("ignore")
def test_without_a_relaxation_the_energy_is_that_of_the_crystal_as_it_is_and_the_verdict_says_so(
    crystal_named: Named,
) -> None:
    pytest.importorskip("chgnet")
    verdict = Stability().check(crystal_named("Li2O"))
    assert verdict.passed
    assert {detail.name: detail.value for detail in verdict.details}["relaxed"] == "no"


def test_a_known_crystal_has_its_tabulated_height_whatever_the_potential_says(crystal_named: Named) -> None:
    verdict = Stability(at_most=0.05).check(carrying(crystal_named("Li2O"), -3.0))
    details = {detail.name: detail.value for detail in verdict.details}
    assert verdict.passed
    assert verdict.value == pytest.approx(0.0, abs=0.01)
    assert str(details["source of the energy"]).startswith("tabulated for mp-")
    assert float(details["above the hull by the potential"]) > 0.5


def test_a_known_formula_counts_where_the_potential_agrees_within_its_error_only(crystal_named: Named) -> None:
    blende = crystal_named("ZnS")
    other = Crystal.of(blende.lattice, blende.frac_coords, [{30: 11, 16: 17}[int(z)] for z in blende.atomic_numbers])
    spread = references().spread
    first = Stability(known=False).check(carrying(other, -4.0))
    assert first.value is not None
    for above, tabulated in ((0.5 * spread, True), (2 * spread, False)):
        verdict = Stability().check(carrying(other, -4.0 - first.value + above))
        source = {detail.name: detail.value for detail in verdict.details}["source of the energy"]
        assert (source == "tabulated for its formula") == tabulated
