"""Laws of the checks that look at cells, distances and symmetry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Lattice, Structure

from electrolith.gen.crystal import Crystal
from electrolith.validators import validator
from electrolith.validators.structure.atomic_volumes import ATOMIC_VOLUMES, fit_atomic_volumes
from electrolith.validators.structure.neighbours import PeriodicPoints, reduced_lattice
from electrolith.validators.structure.symmetry import found_space_group

FACES = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
SHEARS = st.lists(st.integers(-9, 9), min_size=3, max_size=3)


def rock_salt(a: float = 5.64) -> Crystal:
    coords = np.concatenate([np.array(FACES), np.array(FACES) + 0.5])
    return Crystal.of(a * np.eye(3), coords, [11] * 4 + [17] * 4, "NaCl")


def perovskite(a: float = 3.84) -> Crystal:
    coords = [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
    return Crystal.of(a * np.eye(3), coords, [20, 22, 8, 8, 8], "CaTiO3")


def sheared(crystal: Crystal, steps: list[int]) -> Crystal:
    """The same crystal in another, skewed basis of its lattice."""
    x, y, z = steps
    change = np.array([[1, 0, 0], [x, 1, 0], [y, z, 1]])
    return Crystal.of(change @ crystal.lattice, crystal.frac_coords @ np.linalg.inv(change), crystal.atomic_numbers)


@pytest.mark.parametrize("name", ["structure", "distances", "volume"])
@pytest.mark.parametrize("crystal", [rock_salt(), perovskite()], ids=lambda c: c.name)
def test_known_crystals_pass(name: str, crystal: Crystal) -> None:
    assert validator(name).check(crystal).passed


def test_the_smallest_distance_of_rock_salt_is_half_its_edge() -> None:
    assert validator("structure").check(rock_salt()).value == pytest.approx(5.64 / 2)


def test_a_single_atom_is_as_far_from_itself_as_its_lattice_says() -> None:
    lithium = Crystal.of(1.75 * np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]]), [[0.3, 0.2, 0.1]], [3])
    assert validator("structure").check(lithium).value == pytest.approx(1.75 * math.sqrt(3))


@settings(max_examples=25, deadline=None)
@given(steps=SHEARS)
def test_distances_do_not_depend_on_the_basis_of_the_lattice(steps: list[int]) -> None:
    skewed = sheared(perovskite(), steps)
    assert validator("structure").check(skewed).value == pytest.approx(3.84 / 2)
    assert validator("distances").check(skewed).value == pytest.approx(3.84 / 2)


@settings(max_examples=25, deadline=None)
@given(steps=SHEARS)
def test_a_reduced_lattice_is_the_same_lattice_with_shortest_vectors(steps: list[int]) -> None:
    lattice = np.diag([3.0, 4.0, 5.0])
    reduced = reduced_lattice(sheared(Crystal.of(lattice, [[0, 0, 0]], [3]), steps).lattice)
    change = reduced @ np.linalg.inv(lattice)
    assert np.allclose(change, np.round(change))
    assert np.allclose(np.linalg.norm(reduced, axis=1), [3, 4, 5])


def test_pairs_are_those_that_pymatgen_finds() -> None:
    random = np.random.default_rng(0)
    lattice = Lattice.from_parameters(4, 5, 7, 65, 100, 118)
    crystal = Crystal.of(lattice.matrix, random.random((6, 3)), [3] * 6)
    theirs = Structure(lattice, ["Li"] * 6, crystal.frac_coords).get_neighbor_list(6.0)[3]
    ours = PeriodicPoints(crystal).pairs(6.0).distance
    assert np.allclose(np.sort(ours), np.sort(theirs))
    nearest = PeriodicPoints(crystal).nearest(5)
    assert np.allclose(nearest[:, 0].min(), ours.min())
    assert (np.diff(nearest, axis=1) >= 0).all()


def test_atoms_on_top_of_each_other_fail() -> None:
    doubled = Crystal.of(4 * np.eye(3), [[0, 0, 0], [0.99, 0, 0]], [3, 3])
    for name in ("structure", "distances"):
        verdict = validator(name).check(doubled)
        assert verdict.passed is False
        assert verdict.value == pytest.approx(0.04)


def test_a_pair_too_close_for_its_elements_fails_although_the_usual_metric_passes_it() -> None:
    squeezed = rock_salt(3.4)
    assert validator("structure").check(squeezed).passed
    verdict = validator("distances").check(squeezed)
    assert verdict.passed is False
    assert verdict.value is not None
    assert verdict.limit is not None
    assert verdict.value < verdict.limit
    assert "Na-Cl" in verdict.reason


@pytest.mark.parametrize("scale", [0.7, 1.6])
def test_a_crystal_squeezed_or_blown_up_has_the_wrong_volume(scale: float) -> None:
    assert validator("volume").check(rock_salt(5.64 * scale)).passed is False


def test_volume_is_per_atom_and_unknown_for_elements_without_data() -> None:
    assert validator("volume").check(rock_salt()).value == pytest.approx(5.64**3 / 8)
    assert validator("volume").check(Crystal.of(4 * np.eye(3), [[0, 0, 0]], [118])).passed is None


def test_the_fit_of_atomic_volumes_recovers_the_volumes_of_synthetic_cells() -> None:
    counts = np.random.default_rng(1).integers(0, 5, (50, 3)).astype(float) + 1
    assert np.allclose(fit_atomic_volumes(counts, counts @ [10.0, 20.0, 5.0]), [10, 20, 5])
    assert min(ATOMIC_VOLUMES.values()) > 5  # Å³; no element takes less


@pytest.mark.parametrize(("crystal", "group"), [(rock_salt(), 225), (perovskite(), 221)], ids=["NaCl", "CaTiO3"])
def test_the_space_group_found_is_compared_with_the_requested_one(crystal: Crystal, group: int) -> None:
    verdict = validator("symmetry", asked=group).check(crystal)
    assert verdict.passed
    assert verdict.value == group
    assert validator("symmetry", asked=62).check(crystal).passed is False


def test_the_requested_group_is_an_option_or_a_finding_or_a_column_of_the_input_in_this_order() -> None:
    check, crystal = validator("symmetry"), rock_salt()
    assert check.check(crystal).passed is None
    column = crystal.with_info({"space_group": 225.0})
    assert check.check(column).passed
    finding = column.with_findings(space_group=62)
    assert check.check(finding).passed is False
    assert validator("symmetry", asked=225).check(finding).passed


def test_a_small_displacement_is_seen_at_the_strict_tolerance_only() -> None:
    coords = perovskite().frac_coords + np.array([[0.01, 0, 0]] + 4 * [[0, 0, 0]])  # Ca moved by 0.04 Å
    moved = Crystal.of(perovskite().lattice, coords, perovskite().atomic_numbers)
    assert found_space_group(moved, 0.1) == 221
    assert found_space_group(moved, 0.01) == 99


def test_the_value_of_finite_is_the_volume() -> None:
    verdict = validator("finite").check(rock_salt(4.0))
    assert verdict.passed
    assert verdict.value == pytest.approx(64.0)
