"""Laws of the choice among tries: the judge decides, broken numbers lose, each crystal depends on its seed alone."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from orbit_batches import orbits_named

from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.geometry.solver import SETTLED_AT, SOLVED_IN
from electrolith.gen.properties import SHIPPED
from electrolith.gen.sampling import STEPS
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.sampling.geometry_sampler import SETTLED, GeometrySampler, tries_within
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.surrogate.structure_surrogate import default_structure_surrogate
from electrolith.gen.symmetry.orbits import Orbits

NAMES = ("CaTiO3", "LiFePO4", "Li3PO4")


@cache
def shipped() -> GeometrySampler:
    return CrystalSampler.load("default", "cpu").geometries


def skeletons() -> list[Skeleton]:
    found = map(orbits_named, NAMES)
    return [Skeleton(o.space_group, tuple(o.positions.tolist()), tuple(o.elements.tolist()), 0.0) for o in found]


def built(sampler: GeometrySampler, steps: int, rows: slice = slice(None)) -> list[Orbits | None]:
    chosen = skeletons()[rows]
    seeds = list(range(7, 7 + len(NAMES)))[rows]
    targets = np.full((len(chosen), len(SHIPPED)), np.nan, dtype=np.float32)
    return sampler.build(chosen, seeds, targets, steps)


def volume(_: OrbitBatch, __: torch.Tensor, lattice: torch.Tensor) -> torch.Tensor:
    return torch.linalg.det(lattice)


def volumes(found: list[Orbits | None]) -> np.ndarray:
    return np.array([np.exp(one.lattice[0] * np.sqrt(3)) for one in found if one is not None])


def test_the_default_number_of_steps_is_that_of_six_tries_of_which_two_are_settled() -> None:
    assert tries_within(STEPS) == 6
    assert 6 * (SOLVED_IN + 1) + SETTLED * (len(SETTLED_AT) + 1) == STEPS
    assert tries_within(1) == 1


def test_the_try_with_the_lowest_judgement_is_taken() -> None:
    smallest = GeometrySampler(shipped().geometry, volume, "cpu")
    largest = GeometrySampler(shipped().geometry, lambda *given: -volume(*given), "cpu", enough=-math.inf)
    assert (volumes(built(smallest, 38)) < volumes(built(largest, 38)) - 1e-3).all()


def test_a_judge_that_finds_no_number_is_not_followed() -> None:
    def judge(*given: torch.Tensor) -> torch.Tensor:
        return volume(*given) * torch.nan

    assert all(one is not None for one in built(GeometrySampler(shipped().geometry, judge, "cpu"), 24))


def test_a_try_that_is_low_enough_ends_the_tries_of_its_crystal_alone() -> None:
    calls: list[int] = []

    def judge(batch: OrbitBatch, theta: torch.Tensor, lattice: torch.Tensor) -> torch.Tensor:
        calls.append(len(batch))
        titanium = torch.bincount(batch.crystal, batch.element == 22, minlength=len(batch)) > 0  # CaTiO3
        return torch.where(titanium, 0.01, volume(batch, theta, lattice))

    built(GeometrySampler(shipped().geometry, judge, "cpu"), STEPS)
    assert calls == [3, *5 * [2], 3, 2]  # six tries, then the best and the second best are settled
    calls.clear()
    built(GeometrySampler(shipped().geometry, judge, "cpu", enough=0.0), STEPS)
    assert calls == [*6 * [3], 3, 3]


def test_a_skeleton_without_free_parameters_gets_one_try() -> None:
    calls: list[int] = []

    def judge(batch: OrbitBatch, theta: torch.Tensor, lattice: torch.Tensor) -> torch.Tensor:
        calls.append(len(batch))
        return volume(batch, theta, lattice)

    salt = orbits_named("NaCl")
    skeleton = Skeleton(salt.space_group, tuple(salt.positions.tolist()), tuple(salt.elements.tolist()), 0.0)
    targets = np.full((1, len(SHIPPED)), np.nan, dtype=np.float32)
    (found,) = GeometrySampler(shipped().geometry, judge, "cpu").build([skeleton], [3], targets)
    assert calls == [1, 1]
    assert found is not None


def test_a_crystal_does_not_depend_on_the_others_of_its_batch() -> None:
    together, alone = built(shipped(), 24), [built(shipped(), 24, slice(k, k + 1))[0] for k in range(len(NAMES))]
    for one, other in zip(together, alone, strict=True):
        assert one is not None
        assert other is not None
        assert one.lattice == pytest.approx(other.lattice, abs=1e-3)
        assert one.theta == pytest.approx(other.theta, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_judge_prefers_the_true_crystal_to_one_with_its_atoms_moved(name: str) -> None:
    true = orbits_named(name)
    moved = [replace(true, theta=(true.theta + step * np.sign(true.theta)) % 1.0) for step in (-0.06, 0.06)]
    heights = default_structure_surrogate().predict([true, *moved]).of("energy_above_hull")[0]
    assert heights[0] < 0.05
    assert (heights[1:] > heights[0] + 0.05).all()
