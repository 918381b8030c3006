"""Elastic tensors: symmetric, the same in every cell, rotated with the crystal, equal to independent results."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.mechanics.bulk_modulus import bulk_modulus
from electrolith.validators.mechanics.calibration import CALIBRATION
from electrolith.validators.mechanics.elasticity import Elasticity, poisson_ratio, young_modulus
from electrolith.validators.mechanics.finite_strain import elasticity, off_its_saddle
from electrolith.validators.mechanics.make_moduli import KNOWN, calibration, crystal_of
from electrolith.validators.mechanics.moduli import DEFAULT, Moduli
from electrolith.validators.mechanics.strain_set import point_group, strains
from electrolith.validators.mechanics.strained_cell import EV_PER_A3, NoTensor
from electrolith.validators.relaxation.potential_energy import energy_per_atom
from electrolith.validators.relaxation.relax import relax

EMT = "ase.calculators.emt:EMT"
CUBE, PRIMITIVE = 3.61 * np.eye(3), 3.61 * np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
FACES = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
COPPER = Crystal.of(PRIMITIVE, [[0, 0, 0]], [29], "Cu")


def isotropic(bulk: float, shear: float) -> Elasticity:
    stiffness = np.zeros((6, 6))
    stiffness[:3, :3] = bulk - 2 / 3 * shear
    stiffness += np.diag([2 * shear] * 3 + [shear] * 3)
    return Elasticity(stiffness)


def a_turn(seed: int = 0) -> np.ndarray:
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return turn * np.linalg.det(turn)


@cache
def of_copper() -> Elasticity:
    return elasticity(COPPER, EMT)


def test_the_tensor_is_symmetric_and_has_the_three_constants_of_a_cubic_crystal() -> None:
    c = of_copper().stiffness
    assert c == pytest.approx(c.T)
    assert np.diag(c)[:3] == pytest.approx(c[0, 0], rel=1e-3)
    assert np.diag(c)[3:] == pytest.approx(c[3, 3], rel=1e-3)
    assert [c[0, 1], c[0, 2], c[1, 2]] == pytest.approx([c[0, 1]] * 3, rel=1e-3)
    assert np.abs(c[:3, 3:]).max() < 0.1


def test_another_cell_gives_the_same_tensor() -> None:
    conventional = Crystal.of(CUBE, FACES, [29] * 4)
    assert elasticity(conventional, EMT).stiffness == pytest.approx(of_copper().stiffness, abs=0.3)


def test_a_turned_crystal_has_the_turned_tensor_and_the_same_moduli() -> None:
    turn = a_turn()
    turned = elasticity(Crystal.of(COPPER.lattice @ turn.T, [[0, 0, 0]], [29]), EMT)
    assert turned.stiffness == pytest.approx(of_copper().turned(turn).stiffness, abs=0.3)
    assert turned.bulk_modulus == pytest.approx(of_copper().bulk_modulus, rel=1e-3)
    assert turned.shear_modulus == pytest.approx(of_copper().shear_modulus, rel=1e-3)


def test_the_bulk_modulus_is_that_of_the_equation_of_state() -> None:
    found = relax(COPPER, force_limit=1e-3, potential=EMT)
    assert found.crystal is not None
    size, cell = 0.01, found.crystal.lattice
    scales = np.array([1 - size, 1.0, 1 + size])
    energy = [energy_per_atom(Crystal.of(cell * s, [[0, 0, 0]], [29]), EMT) for s in scales]
    curvature = (energy[0] - 2 * energy[1] + energy[2]) / size**2  # d²E/ds² = 9 V K at the minimum
    assert of_copper().bulk_modulus == pytest.approx(curvature / (9 * found.crystal.volume) * EV_PER_A3, rel=0.02)


def test_two_isotropic_strains_give_the_bulk_modulus_of_the_tensor() -> None:
    assert bulk_modulus(COPPER, EMT) == pytest.approx(of_copper().bulk_modulus, rel=0.01)


def test_with_a_relaxed_shape_they_give_hills_mean_and_with_a_fixed_one_voigts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Layers of gold and copper, across which the crystal is softer."""
    from electrolith.validators.mechanics import bulk_modulus as module

    cell = 3.75 * np.array([[0.5, 0.5, 0], [-0.5, 0.5, 0], [0, 0, 1]])
    layered = Crystal.of(cell, [[0, 0, 0], [0.5, 0.5, 0.5]], [79, 29])
    whole = elasticity(layered, EMT)
    assert whole.voigt[0] > 1.03 * whole.reuss[0]
    monkeypatch.setattr(module, "EVEN", 0.0)
    assert bulk_modulus(layered, EMT) == pytest.approx(whole.bulk_modulus, rel=0.01)
    monkeypatch.setattr(module, "EVEN", math.inf)
    assert bulk_modulus(layered, EMT) == pytest.approx(whole.voigt[0], rel=0.01)


def test_a_crystal_that_does_not_relax_has_no_bulk_modulus() -> None:
    with pytest.raises(NoTensor):
        bulk_modulus(Crystal.of(CUBE, [[0, 0, 0], [0.01, 0, 0]], [29, 29]), EMT)


def test_ions_are_relaxed_under_strain() -> None:
    """Hexagonal close packing, whose atoms are no centres of inversion: ions that may follow make it softer."""
    from electrolith.validators.mechanics import finite_strain

    a, c = 2.55, 4.17
    cell = [[a, 0, 0], [-a / 2, a * 3**0.5 / 2, 0], [0, 0, c]]
    free = elasticity(Crystal.of(cell, [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]], [29, 29]), EMT)
    start = relax(Crystal.of(cell, [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]], [29, 29]), 300, 1e-3, EMT, True)
    assert start.crystal is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finite_strain, "relax", lambda *_, **__: start)
        patch.setattr(finite_strain, "FORCE_LIMIT", 1e9)
        frozen = elasticity(start.crystal, EMT)
    assert free.is_stable
    assert frozen.stiffness[0, 0] - free.stiffness[0, 0] > 1.0
    assert frozen.bulk_modulus == pytest.approx(free.bulk_modulus, rel=0.01)


def test_a_crystal_on_a_saddle_point_relaxes_to_the_stable_one() -> None:
    """Body-centred copper, which a tetragonal strain turns into the face-centred crystal."""
    saddle = Crystal.of(2.87 / 2 * (np.ones((3, 3)) - 2 * np.eye(3)), [[0, 0, 0]], [29])
    assert not elasticity(saddle, EMT).is_stable
    fallen = off_its_saddle(saddle, EMT)
    assert fallen.is_stable
    assert fallen.bulk_modulus == pytest.approx(of_copper().bulk_modulus, rel=0.01)
    assert fallen.shear_modulus == pytest.approx(of_copper().shear_modulus, rel=0.05)


@pytest.mark.parametrize(("name", "number"), [("Cu", 3), ("Al2O3", 6), ("Li6PS5Cl", 3)])
def test_symmetry_reduces_the_number_of_strains(name: str, number: int) -> None:
    rotations = point_group(crystal_of(KNOWN[name]))
    assert len(strains(rotations)) <= number
    assert len(strains(np.eye(3)[None])) == 12


def test_fewer_strains_give_the_same_tensor() -> None:
    """All twelve, made without the point group, give the tensor that a few give with it."""
    from electrolith.validators.mechanics import finite_strain

    relaxed = relax(COPPER, force_limit=1e-3, potential=EMT).crystal
    assert relaxed is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finite_strain, "point_group", lambda _: np.eye(3)[None])
        whole = elasticity(relaxed, EMT)
    assert whole.stiffness == pytest.approx(of_copper().stiffness, abs=0.5)


@pytest.mark.parametrize(("bulk", "shear"), [(160.0, 130.0), (32.0, 19.0)])
def test_an_isotropic_solid_has_its_own_moduli_in_every_average_and_direction(bulk: float, shear: float) -> None:
    solid = isotropic(bulk, shear)
    for average in (solid.voigt, solid.reuss, (solid.bulk_modulus, solid.shear_modulus)):
        assert average == pytest.approx((bulk, shear))
    assert solid.anisotropy == pytest.approx(0, abs=1e-9)
    assert solid.turned(a_turn(3)).stiffness == pytest.approx(solid.stiffness)
    assert solid.softest == pytest.approx(2 * shear)


@pytest.mark.parametrize("seed", range(20))
def test_voigts_average_is_never_below_reuss_average_and_hills_is_their_mean(seed: int) -> None:
    root = np.random.default_rng(seed).normal(size=(6, 6))
    solid = Elasticity(root @ root.T + 0.1 * np.eye(6))
    for upper, lower, mean in zip(solid.voigt, solid.reuss, (solid.bulk_modulus, solid.shear_modulus), strict=True):
        assert upper >= lower > 0
        assert mean == pytest.approx((upper + lower) / 2)
    assert solid.anisotropy >= -1e-9


def test_cubic_symmetry_gives_the_moduli_in_closed_form() -> None:
    c = of_copper().stiffness
    c11, c12, c44 = c[0, 0], c[0, 1], c[3, 3]
    for bulk, _ in (of_copper().voigt, of_copper().reuss):
        assert bulk == pytest.approx((c11 + 2 * c12) / 3, rel=1e-3)
    assert of_copper().voigt[1] == pytest.approx((c11 - c12 + 3 * c44) / 5, rel=1e-3)
    assert of_copper().reuss[1] == pytest.approx(5 * (c11 - c12) * c44 / (4 * c44 + 3 * (c11 - c12)), rel=1e-3)


def test_borns_condition_holds_in_all_axes_or_in_none() -> None:
    soft = isotropic(100.0, -1.0)
    assert not soft.is_stable
    assert not soft.turned(a_turn(1)).is_stable
    assert of_copper().is_stable


def test_youngs_modulus_and_poissons_ratio_satisfy_their_relations() -> None:
    bulk, shear = 102.0, 60.0
    young, poisson = young_modulus(bulk, shear), poisson_ratio(bulk, shear)
    assert young == pytest.approx(2 * shear * (1 + poisson))
    assert young == pytest.approx(3 * bulk * (1 - 2 * poisson))


def test_a_constant_factor_is_corrected_without_spread() -> None:
    computed = {name: [known.bulk / 1.25, known.shear / 1.5] for name, known in KNOWN.items()}
    expected = {
        "bulk_factor": 1.25, "bulk_spread": 0.0, "bulk_error": 0.2, "bulk_left": 0.0,
        "shear_factor": 1.5, "shear_spread": 0.0, "shear_error": 1 / 3, "shear_left": 0.0,
    }  # fmt: skip
    assert calibration(computed) == pytest.approx(expected, abs=1e-3)


def test_the_default_is_the_potential_that_is_nearest_to_the_known_crystals() -> None:
    table = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    error = {potential: values["bulk_error"] + values["shear_error"] for potential, values in table.items()}
    assert min(error, key=error.__getitem__) == DEFAULT
    assert len(table[DEFAULT]["computed"]) >= 6


def test_the_check_passes_between_its_limits_and_later_checks_find_the_moduli() -> None:
    verdict, known = Moduli(shear_at_least=10, potential=EMT).apply(COPPER)
    assert verdict.passed
    assert known is not None
    assert known.findings.moduli.shear == pytest.approx(of_copper().shear_modulus, rel=0.01)
    assert known.findings.moduli.bulk == pytest.approx(of_copper().bulk_modulus, rel=0.01)
    fallen = Moduli(bulk_at_least=1000, potential=EMT).check(COPPER)
    assert fallen.passed is False
    assert "bulk modulus" in fallen.reason


def test_a_large_crystal_is_unknown_and_an_upper_limit_below_the_lower_one_is_refused() -> None:
    assert Moduli(potential=EMT, max_atoms=0).check(COPPER).passed is None
    with pytest.raises(UserError, match="is above"):
        Moduli(shear_at_least=20, shear_at_most=10)
