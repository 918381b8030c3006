"""Dendrites: the limits that both theories have in closed form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scipy.optimize import brentq

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.findings import ElasticModuli
from electrolith.validators.mechanics.dendrite_theory import (
    LITHIUM_POISSON,
    LITHIUM_SHEAR,
    LITHIUM_VOLUME,
    TENSION,
    WAVE_NUMBER,
    coordinations,
    ion_volume_ratio,
    stability_parameter,
)
from electrolith.validators.mechanics.dendrites import Dendrites
from electrolith.validators.mechanics.moduli import BULK, SHEAR

Named = Callable[[str], Crystal]


def stiff(crystal: Crystal, bulk: float, shear: float) -> Crystal:
    return crystal.with_findings(moduli=ElasticModuli(bulk, shear, "a table"))


def test_moduli_of_an_earlier_check_count_before_columns_of_the_input(crystal_named: Named) -> None:
    column = crystal_named("NaCl").with_info({BULK: 25.0, SHEAR: 15.0})
    verdict = Dendrites().check(column)
    assert verdict.value == 15.0
    assert {detail.name: detail.value for detail in verdict.details}["moduli from"] == "info"
    assert Dendrites().check(stiff(column, 30.0, 20.0)).value == 20.0


def test_monroe_and_newmans_polymers_need_about_twice_lithiums_shear_modulus() -> None:
    """Poisson's ratio 1/3 and an ion thirteen times as large as the atom in the metal; without surface tension."""
    critical = brentq(lambda g: stability_parameter(g * LITHIUM_SHEAR, 1 / 3, 12.8, tension=0.0), 0.1, 10)
    assert 1.7 < critical < 2.2


def test_stiffness_levels_bumps_where_the_ion_is_large_and_feeds_them_where_it_is_small() -> None:
    for ratio, sign in ((5.0, 1), (0.1, -1)):
        assert sign * stability_parameter(200.0, 0.25, ratio) > 0
    assert stability_parameter(0.01, 0.25, 0.1, tension=0.0) > 0  # the regime governed by density: soft, small ion
    assert stability_parameter(0.01, 0.25, 5.0, tension=0.0) < 0


def test_without_stresses_surface_tension_is_left() -> None:
    """No shear modulus on one side, and an ion as large as the atom: nothing but γ k² V."""
    found = stability_parameter(0.0, 0.25, 1.0)
    assert found == pytest.approx(TENSION * WAVE_NUMBER**2 * LITHIUM_VOLUME * 1e-12)


def test_equal_solids_leave_the_deviatoric_stress_alone() -> None:
    """As soft as lithium, the hydrostatic term vanishes: χ = -2 k G V (1 + v) b / (2 a (1 - ν))."""
    nu, ratio = LITHIUM_POISSON, 0.3
    b, d = 2 - 6 * nu + 4 * nu**2, 2 * (3 - 4 * nu) * (1 - nu)
    expected = -2 * WAVE_NUMBER * LITHIUM_SHEAR * 1e9 * LITHIUM_VOLUME * (1 + ratio) * b / d * 1e-12
    assert stability_parameter(LITHIUM_SHEAR, nu, ratio, tension=0.0) == pytest.approx(expected)


def test_twice_lithiums_shear_modulus_divides_the_stiff_from_the_soft(crystal_named: Named) -> None:
    oxide = crystal_named("Li2O")
    limit = 2 * LITHIUM_SHEAR
    assert Dendrites().check(stiff(oxide, 80, limit * 1.01)).passed
    assert Dendrites().check(stiff(oxide, 80, limit * 0.99)).passed is False
    assert Dendrites(shear_ratio_at_least=None).check(stiff(oxide, 80, 0.1)).passed


def test_a_stiff_crystal_is_not_stable_by_ahmad_and_viswanathan(crystal_named: Named) -> None:
    verdict = Dendrites(stable=True).check(stiff(crystal_named("Li2O"), 80, 60))
    assert verdict.passed is False
    assert "grows" in verdict.reason


def test_lithium_is_counted_with_its_coordination(crystal_named: Named) -> None:
    assert set(coordinations(crystal_named("Li2O"))) == {4}
    assert set(coordinations(crystal_named("LiCoO2"))) == {6}
    assert ion_volume_ratio(crystal_named("Li2O")) < ion_volume_ratio(crystal_named("LiCoO2")) < 0.2


def test_an_impossible_volume_ratio_is_refused() -> None:
    with pytest.raises(UserError, match="volume ratio"):
        Dendrites(volume_ratio=0)


def test_moduli_are_computed_if_no_earlier_check_found_them(crystal_named: Named) -> None:
    verdict = Dendrites(potential="ase.calculators.emt:EMT").check(crystal_named("Cu"))
    assert verdict.passed
    assert verdict.value is not None
    assert verdict.value > 30  # GPa
    assert Dendrites(potential="ase.calculators.emt:EMT", max_atoms=0).check(crystal_named("Cu")).passed is None
