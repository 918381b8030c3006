"""Penalties of skeletons: charges, novelty, stability, targets; and the sampler takes the smallest penalty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from electrolith import Targets
from electrolith.gen.crystal import Crystal
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.surrogate.orbit_inputs import OrbitInputs
from electrolith.gen.surrogate.orbit_surrogate import default_orbit_surrogate
from electrolith.gen.symmetry.orbits import Orbits, orbits_of
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.generation import skeleton_score
from electrolith.generation.known_skeletons import is_known
from electrolith.generation.skeleton_score import (
    EVEN,
    KNOWN_PENALTY,
    NEAR_MISS,
    PROMISING,
    SkeletonScore,
    probability_near_hull,
)
from electrolith.validators import Window
from electrolith.validators.composition_filter import CompositionFilter


def skeleton(crystal: Crystal) -> Skeleton:
    orbits = orbits_of(crystal)
    return Skeleton(orbits.space_group, tuple(orbits.positions.tolist()), tuple(orbits.elements.tolist()), 0.0)


def test_a_skeleton_that_cannot_be_neutral_is_refused(crystal_named: Callable[[str], Crystal]) -> None:
    salt = skeleton(crystal_named("NaCl"))
    position = wyckoff_tables().position_start[225]
    odd = Skeleton(225, (int(position), int(position) + 2), (11, 17), 0.0)  # NaCl2
    assert SkeletonScore(stable=False, new=False)([salt, odd]).tolist() == [0.0, np.inf]
    assert SkeletonScore(charge=False, stable=False, new=False)([odd]).tolist() == [0.0]


def test_a_composition_that_the_filter_refuses_is_refused_and_a_near_miss_penalised(
    crystal_named: Callable[[str], Crystal],
) -> None:
    salt = skeleton(crystal_named("NaCl"))
    fluoride, chloride = (Skeleton(salt.space_group, salt.positions, (3, z), 0.0) for z in (9, 17))

    def penalties(limit: float, margin: float) -> list[float]:
        asked = CompositionFilter([Window(oxidation_at_least=limit, margin=margin)])
        return SkeletonScore(stable=False, new=False, compositions=asked)([fluoride, chloride]).tolist()

    assert penalties(4.0, 0.0) == [0.0, 0.0]
    assert penalties(5.0, 0.0) == [0.0, np.inf]  # LiCl is oxidised at 4.2 V
    assert penalties(5.0, 1.0) == [0.0, NEAR_MISS]


def test_a_known_crystal_is_known_in_every_setting(crystal_named: Callable[[str], Crystal]) -> None:
    salt = skeleton(crystal_named("NaCl"))
    swapped = Skeleton(salt.space_group, salt.positions, salt.elements[::-1], 0.0)
    assert is_known(salt)
    assert is_known(swapped)
    assert SkeletonScore(stable=False)([salt])[0] == KNOWN_PENALTY


def test_the_probability_of_lying_near_the_hull_falls_with_height_and_with_spread() -> None:
    height, spread = np.array([0.0, 0.05, 0.1, 0.2]), np.array([0.05, 0.1, 0.2])
    probability = probability_near_hull(height[:, None], spread[None])
    assert (np.diff(probability, axis=0) < 0).all()
    assert (np.diff(probability[:2], axis=1) < 0).all()
    np.testing.assert_allclose(probability[2], 0.5)
    # heights below the hull count as 0
    assert probability_near_hull(np.array([-1.0]), np.array([0.1])) == probability_near_hull(
        np.array([0.0]), np.array([0.1])
    )


def test_an_implausible_compound_has_a_larger_penalty_than_a_real_one(
    crystal_named: Callable[[str], Crystal],
) -> None:
    salt = skeleton(crystal_named("NaCl"))
    odd = Skeleton(salt.space_group, salt.positions, (9, 8), 0.0)  # OF in the rock-salt structure
    real, other = SkeletonScore(charge=False, new=False)([salt, odd])
    assert real < other


def test_a_skeleton_that_the_gate_will_reject_has_a_penalty(
    crystal_named: Callable[[str], Crystal], monkeypatch: pytest.MonkeyPatch
) -> None:
    salt = skeleton(crystal_named("NaCl"))
    odd = Skeleton(salt.space_group, salt.positions, (9, 8), 0.0)
    free, gated = (SkeletonScore(charge=False, new=False, gated=gated) for gated in (False, True))
    forecast = default_orbit_surrogate()
    monkeypatch.setattr(skeleton_score, "candidate_surrogate_in", lambda _: forecast)
    inputs = OrbitInputs.of_skeletons((s.space_group, s.positions, s.elements) for s in (salt, odd))
    heights, _ = forecast.predict(inputs).of("energy_above_hull")
    assert heights[1] > PROMISING
    expected = np.maximum(heights - PROMISING, 0.0)
    assert gated([salt, odd]) - free([salt, odd]) == pytest.approx(expected)
    monkeypatch.setattr(skeleton_score, "candidate_surrogate_in", lambda _: None)
    assert gated([salt, odd]).tolist() == free([salt, odd]).tolist()


@pytest.fixture(scope="module")
def sampler() -> CrystalSampler:
    return CrystalSampler.load()


def test_the_skeleton_with_the_smallest_penalty_is_taken(sampler: CrystalSampler) -> None:
    seen: list[Skeleton] = []

    def lacks(skeletons: Sequence[Skeleton]) -> np.ndarray:
        seen.extend(skeletons)
        return np.array([1.0 + len(s.positions) for s in skeletons])

    (candidate,) = sampler.draw([5], Constraints(max_atoms=8), skeleton_penalty=lacks)
    assert candidate.orbits is not None
    assert len(seen) > 1
    assert len(candidate.orbits.positions) == min(len(s.positions) for s in seen)
    assert candidate.redrawn == len(seen)


def test_a_skeleton_that_is_refused_gets_no_geometry(sampler: CrystalSampler) -> None:
    (candidate,) = sampler.draw([5], Constraints(max_atoms=8), skeleton_penalty=lambda s: np.full(len(s), np.inf))
    assert candidate.orbits is None
    assert candidate.failure


def test_orbits_that_probably_miss_a_target_have_a_penalty(
    crystal_named: Callable[[str], Crystal],
) -> None:
    salt = skeleton(crystal_named("NaCl"))  # about 25 GPa
    near, far = (
        SkeletonScore(stable=False, new=False, targets=Targets(bulk_modulus=limits).property_targets)([salt])[0]
        for limits in ((10, 60), (200, 400))
    )
    assert near == 0
    assert far == pytest.approx(EVEN, abs=0.05)


def test_meeting_one_target_does_not_make_up_for_missing_another(crystal_named: Callable[[str], Crystal]) -> None:
    salt = skeleton(crystal_named("NaCl"))  # about 25 and 15 GPa
    has, lacks = (Targets(**w).property_targets for w in ({"bulk_modulus": (10, 60)}, {"shear_modulus": (200, 400)}))
    one, other, both = (SkeletonScore(stable=False, new=False, targets=w)([salt])[0] for w in (has, lacks, has + lacks))
    assert one == 0
    assert other == pytest.approx(EVEN, abs=0.05)
    assert both == pytest.approx(2 * EVEN, abs=0.05)


def test_a_target_that_orbits_cannot_predict_changes_nothing(crystal_named: Callable[[str], Crystal]) -> None:
    salt = skeleton(crystal_named("NaCl"))
    free, targeted = (
        SkeletonScore(stable=False, new=False, targets=w)([salt])[0]
        for w in ((), Targets(ionic_conductivity=">=1e-4").property_targets)
    )
    assert free == targeted


def test_guidance_leaves_a_run_without_targets_alone_and_changes_one_with(sampler: CrystalSampler) -> None:
    constraints = Constraints(max_atoms=6)
    without = [sampler.draw([1, 2], constraints, None, 10, g) for g in (1.0, 3.0)]
    soft = [{"bulk_modulus": 300.0}] * 4
    asked = [sampler.draw([1, 2, 3, 4], constraints, soft, 10, g) for g in (1.0, 3.0)]
    labels = [[c.orbits.label if c.orbits else "" for c in run] for run in (*without, *asked)]
    assert labels[0] == labels[1]
    assert labels[2] != labels[3]


def test_of_several_geometries_the_one_with_the_smallest_penalty_is_taken(sampler: CrystalSampler) -> None:
    def of_equal_worth(skeletons: Sequence[Skeleton]) -> np.ndarray:
        return np.zeros(len(skeletons))

    def atoms(looks: Callable[[Sequence[Orbits]], np.ndarray] | None) -> list[int]:
        drawn = sampler.draw(range(8), Constraints(), steps=10, skeleton_penalty=of_equal_worth, crystal_penalty=looks)
        return [c.orbits.n_atoms for c in drawn if c.orbits is not None]

    first = atoms(None)
    small = atoms(lambda orbits: np.array([float(o.n_atoms) for o in orbits]))
    large = atoms(lambda orbits: np.array([-float(o.n_atoms) for o in orbits]))
    assert len(small) == len(large) == len(first) == 8
    assert all(a <= b <= c for a, b, c in zip(small, first, large, strict=True))
    assert sum(small) < sum(first) < sum(large)
