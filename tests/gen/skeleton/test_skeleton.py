"""Skeletons: what fits is counted exactly, and every constraint holds whatever the network thinks."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.feasibility import NEVER, fits, most_orbits, positions, units_that_fit
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import Skeleton, SkeletonSampler
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

LITHIUM, OXYGEN, FLUORINE, PHOSPHORUS, SULFUR = 3, 8, 9, 15, 16


@pytest.fixture(scope="module")
def untrained() -> SkeletonSampler:
    torch.manual_seed(0)
    return SkeletonSampler(SkeletonNetwork(SkeletonSize(32, 1, 2)))


def draw(sampler: SkeletonSampler, constraints: Constraints, n: int = 24) -> list[Skeleton]:
    targets = np.full((n, len(SHIPPED)), np.nan, dtype=np.float32)
    drawn = sampler.draw(range(n), constraints, targets)
    made = [s for s in drawn if s is not None]
    assert len(made) >= n // 2
    return made


def assert_orbits_are_lawful(skeleton: Skeleton) -> None:
    tables = wyckoff_tables()
    assert all(tables.group[p] == skeleton.space_group for p in skeleton.positions)
    fixed = [p for p in skeleton.positions if tables.dof[p] == 0]
    assert len(fixed) == len(set(fixed)), "a position without freedom holds one orbit"
    assert list(zip(skeleton.positions, skeleton.elements, strict=True)) == sorted(
        zip(skeleton.positions, skeleton.elements, strict=True)
    )


@pytest.mark.parametrize("space_group", [148, 216, 225])
def test_most_orbits_agrees_with_trying_all_choices(space_group: int) -> None:
    sites, free = positions(space_group)
    for total in range(1, 9):
        limits = [total // m if f else min(1, total // m) for m, f in zip(sites, free, strict=True)]
        choices = product(*(range(k + 1) for k in limits))
        filling = [sum(c) for c in choices if sum(n * int(m) for n, m in zip(c, sites, strict=True)) == total]
        assert most_orbits(space_group)[0, total] == max(filling, default=NEVER)


@pytest.mark.parametrize(
    ("space_group", "counts", "expected"),
    [
        (225, (1, 1), True),  # rock salt
        (225, (1, 1, 1, 1), False),  # 4a, 4b hold one atom each, 8c two
        (221, (1, 1, 3), True),  # perovskite
        (227, (1, 2, 4), False),  # spinel needs two units in the primitive cell
        (227, (2, 4, 8), True),
        (62, (1, 1), False),  # no position of Pnma has fewer than four sites
        (62, (4, 4, 12), True),
        (1, (7, 3), True),
    ],
)
def test_fits_knows_structure_types(space_group: int, counts: tuple[int, ...], expected: bool) -> None:
    assert fits(space_group, counts) is expected


def test_units_that_fit_counts_formula_units() -> None:
    assert units_that_fit(62, (1, 1, 3), 40) == [4, 8]
    assert units_that_fit(227, (1, 2, 4), 14) == [2]


def test_a_space_group_asked_for_is_met(untrained: SkeletonSampler) -> None:
    for group in (14, 62, 194, 225):
        for skeleton in draw(untrained, Constraints(space_groups=(group,))):
            assert skeleton.space_group == group
            assert_orbits_are_lawful(skeleton)


def test_the_number_of_atoms_is_met(untrained: SkeletonSampler) -> None:
    for skeleton in draw(untrained, Constraints(min_atoms=8, max_atoms=12)):
        assert 8 <= sum(skeleton.counts.values()) <= 12
        assert_orbits_are_lawful(skeleton)


def test_a_chemical_system_is_met_exactly(untrained: SkeletonSampler) -> None:
    system = frozenset((LITHIUM, PHOSPHORUS, SULFUR))
    for skeleton in draw(untrained, Constraints(allowed=system, required=system)):
        assert set(skeleton.elements) == system


def test_elements_are_included_and_excluded(untrained: SkeletonSampler) -> None:
    allowed = frozenset(range(1, 90)) - {FLUORINE}
    for skeleton in draw(untrained, Constraints(allowed=allowed, required=frozenset((LITHIUM, OXYGEN)))):
        assert {LITHIUM, OXYGEN} <= set(skeleton.elements)
        assert FLUORINE not in skeleton.elements


@pytest.mark.parametrize("z", [None, 2])
def test_a_formula_is_met(untrained: SkeletonSampler, z: int | None) -> None:
    formula = {LITHIUM: 3, PHOSPHORUS: 1, SULFUR: 4}
    for skeleton in draw(untrained, Constraints(formula=formula, z=z, required=frozenset(formula), max_atoms=32)):
        units = skeleton.counts[PHOSPHORUS]
        assert skeleton.counts == {k: units * c for k, c in formula.items()}
        assert z is None or units == z
        assert_orbits_are_lawful(skeleton)


def test_a_draw_depends_on_its_seed_alone(untrained: SkeletonSampler) -> None:
    nothing = np.full((8, len(SHIPPED)), np.nan, dtype=np.float32)
    together = untrained.draw(range(8), Constraints(), nothing)
    alone = [untrained.draw([seed], Constraints(), nothing[:1])[0] for seed in range(8)]
    for one, other in zip(together, alone, strict=True):
        assert (one and (one.positions, one.elements)) == (other and (other.positions, other.elements))


def test_what_no_skeleton_can_meet_gives_none(untrained: SkeletonSampler) -> None:
    nothing = np.full((2, len(SHIPPED)), np.nan, dtype=np.float32)
    assert untrained.draw([0, 1], Constraints(space_groups=(62,), max_atoms=3), nothing) == [None, None]
