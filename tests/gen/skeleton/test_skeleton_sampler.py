"""Laws of the skeleton sampler: every constraint holds whatever the network predicts; a draw depends on its seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import SkeletonSampler
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

LITHIUM, OXYGEN, FLUORINE, PHOSPHORUS, SULFUR = 3, 8, 9, 15, 16


@pytest.fixture(scope="module")
def untrained() -> SkeletonSampler:
    torch.manual_seed(0)
    return SkeletonSampler(SkeletonNetwork(SkeletonSize(32, 1, 2)))


def draw(sampler: SkeletonSampler, constraints: Constraints, n: int = 24) -> list[Skeleton]:
    targets = np.full((n, len(SHIPPED)), np.nan, dtype=np.float32)
    drawn = sampler.draw(range(n), constraints, targets)
    skeletons = [s for s in drawn if s is not None]
    assert len(skeletons) >= n // 2
    return skeletons


def assert_orbits_are_canonical(skeleton: Skeleton) -> None:
    tables = wyckoff_tables()
    assert all(tables.group[p] == skeleton.space_group for p in skeleton.positions)
    fixed = [p for p in skeleton.positions if tables.dof[p] == 0]
    assert len(fixed) == len(set(fixed)), "a position without free coordinates holds one orbit"
    assert list(zip(skeleton.positions, skeleton.elements, strict=True)) == sorted(
        zip(skeleton.positions, skeleton.elements, strict=True)
    )


def test_every_draw_has_the_required_space_group(untrained: SkeletonSampler) -> None:
    for group in (14, 62, 194, 225):
        for skeleton in draw(untrained, Constraints(space_groups=(group,))):
            assert skeleton.space_group == group
            assert_orbits_are_canonical(skeleton)


def test_every_draw_has_an_allowed_number_of_atoms(untrained: SkeletonSampler) -> None:
    for skeleton in draw(untrained, Constraints(min_atoms=8, max_atoms=12)):
        assert 8 <= sum(skeleton.composition.values()) <= 12
        assert_orbits_are_canonical(skeleton)


def test_every_draw_has_exactly_the_elements_of_the_chemical_system(untrained: SkeletonSampler) -> None:
    system = frozenset((LITHIUM, PHOSPHORUS, SULFUR))
    for skeleton in draw(untrained, Constraints(allowed=system, required=system)):
        assert set(skeleton.elements) == system


def test_every_draw_has_the_required_elements_and_no_excluded_one(untrained: SkeletonSampler) -> None:
    allowed = frozenset(range(1, 90)) - {FLUORINE}
    for skeleton in draw(untrained, Constraints(allowed=allowed, required=frozenset((LITHIUM, OXYGEN)))):
        assert {LITHIUM, OXYGEN} <= set(skeleton.elements)
        assert FLUORINE not in skeleton.elements


@pytest.mark.parametrize("z", [(), (2,), (1, 3, 4)])
def test_every_draw_has_the_required_formula(untrained: SkeletonSampler, z: tuple[int, ...]) -> None:
    formula = {LITHIUM: 3, PHOSPHORUS: 1, SULFUR: 4}
    for skeleton in draw(untrained, Constraints(formula=formula, z=z, required=frozenset(formula), max_atoms=32)):
        units = skeleton.composition[PHOSPHORUS]
        assert skeleton.composition == {k: units * c for k, c in formula.items()}
        assert not z or units in z
        assert_orbits_are_canonical(skeleton)


def test_a_draw_depends_on_its_seed_alone(untrained: SkeletonSampler) -> None:
    nothing = np.full((8, len(SHIPPED)), np.nan, dtype=np.float32)
    together = untrained.draw(range(8), Constraints(), nothing)
    alone = [untrained.draw([seed], Constraints(), nothing[:1])[0] for seed in range(8)]
    for one, other in zip(together, alone, strict=True):
        assert (one and (one.positions, one.elements)) == (other and (other.positions, other.elements))


def test_constraints_that_no_skeleton_meets_give_no_skeleton(untrained: SkeletonSampler) -> None:
    nothing = np.full((2, len(SHIPPED)), np.nan, dtype=np.float32)
    assert untrained.draw([0, 1], Constraints(space_groups=(62,), max_atoms=3), nothing) == [None, None]


def test_draws_under_constraints_of_their_own_are_those_under_the_same_constraints_for_all(
    untrained: SkeletonSampler,
) -> None:
    of_each = [
        Constraints(required=frozenset((LITHIUM, OXYGEN))),
        Constraints(space_groups=(62,), allowed=frozenset((LITHIUM, SULFUR))),
        Constraints(formula={LITHIUM: 3, PHOSPHORUS: 1, SULFUR: 4}, max_atoms=32),
        Constraints(),
    ]
    targets = np.full((8, len(SHIPPED)), np.nan, dtype=np.float32)
    together = untrained.draw(range(8), [*of_each, *of_each], targets)
    for seed, constraints in enumerate([*of_each, *of_each]):
        (alone,) = untrained.draw([seed], constraints, targets[:1])
        one = together[seed]
        assert (one is None) == (alone is None)
        if one is not None and alone is not None:
            assert (one.space_group, one.positions, one.elements) == (
                alone.space_group, alone.positions, alone.elements,
            )  # fmt: skip
            assert one.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-3)
