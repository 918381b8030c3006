"""Laws of infill: every draw contains the framework, new orbits hold only its infill, and masks leave no dead end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.drawing import Draw, resampled
from electrolith.gen.skeleton.feasible_groups import feasible_groups
from electrolith.gen.skeleton.framework import Framework
from electrolith.gen.skeleton.infill import InfilledSkeleton
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import SkeletonSampler
from electrolith.gen.symmetry.wyckoff_tables import LETTERS, wyckoff_tables

LITHIUM, OXYGEN, PHOSPHORUS, SULFUR, TITANIUM = 3, 8, 15, 16, 22


def framework(group: int, orbits: list[tuple[str, int]], infill: set[int], sizes: set[int]) -> Framework:
    """A framework from the Wyckoff letter and the element of each orbit; its geometry does not count."""
    start = int(wyckoff_tables().position_start[group])
    placed = sorted((start + LETTERS.index(letter), element) for letter, element in orbits)
    positions, elements = (tuple(x) for x in zip(*placed, strict=True))
    nothing = tuple((0.0, 0.0, 0.0) for _ in placed)
    return Framework(group, positions, elements, nothing, (0.0,) * 6, frozenset(infill), frozenset(sizes))


LI3PS4 = framework(62, [("c", SULFUR), ("c", SULFUR), ("d", SULFUR), ("c", PHOSPHORUS)], {LITHIUM}, {32})
NASICON = framework(
    167, [("c", TITANIUM), ("e", PHOSPHORUS), ("f", OXYGEN), ("f", OXYGEN)], {LITHIUM}, set(range(35, 53))
)
SPINEL = framework(227, [("d", TITANIUM), ("e", OXYGEN)], {LITHIUM, OXYGEN}, set())


def constraints_of(one: Framework, most: int = 60) -> Constraints:
    elements = frozenset(one.elements) | one.infill
    return Constraints((one.space_group,), elements, elements, max_atoms=most, framework=one)


@pytest.mark.parametrize("one", [LI3PS4, NASICON, SPINEL], ids=["Pnma", "R-3c", "Fd-3m"])
def test_every_draw_contains_the_framework_and_new_orbits_hold_its_infill(one: Framework) -> None:
    torch.manual_seed(0)
    sampler = SkeletonSampler(SkeletonNetwork(SkeletonSize(32, 1, 2, atoms=60)))
    drawn = sampler.draw(range(12), constraints_of(one), np.full((12, len(SHIPPED)), np.nan, dtype=np.float32))
    for skeleton in drawn:
        assert skeleton is not None
        orbits = list(zip(skeleton.positions, skeleton.elements, strict=True))
        assert orbits == sorted(orbits)
        places = one.places_in(skeleton.positions, skeleton.elements)
        assert [orbits[k] for k in places] == list(one.orbits)
        new = [orbits[k] for k in range(len(orbits)) if k not in places]
        assert new
        assert {element for _, element in new} <= one.infill
        assert not one.sizes or sum(skeleton.composition.values()) in one.sizes


@pytest.mark.parametrize("one", [LI3PS4, NASICON, SPINEL], ids=["Pnma", "R-3c", "Fd-3m"])
def test_no_sequence_of_allowed_choices_is_a_dead_end(one: Framework) -> None:
    rng = np.random.default_rng(0)
    constraints = replace(constraints_of(one), required=frozenset(one.elements))
    sizes = np.flatnonzero(feasible_groups(constraints, 60)[:, one.space_group])
    for _ in range(100):
        skeleton = InfilledSkeleton(constraints, one.space_group, int(rng.choice(sizes)))
        while skeleton.left:
            choices = [(letter, z) for letter, mask in skeleton.next_orbits().items() for z in np.flatnonzero(mask)]
            assert choices
            letter, z = choices[rng.integers(len(choices))]
            skeleton.add(letter, int(z))
        one.places_in(skeleton.positions, skeleton.elements)  # raises where one is missing


def test_a_position_without_freedom_that_the_framework_occupies_holds_nothing_else() -> None:
    rock_salt = framework(225, [("a", OXYGEN)], {LITHIUM}, set())
    left = feasible_groups(constraints_of(rock_salt, 8), 8)[:, 225]
    assert np.flatnonzero(left).tolist() == [2, 3, 4, 7, 8]
    only_b = replace(rock_salt, sizes=frozenset({2}))
    skeleton = InfilledSkeleton(constraints_of(only_b), 225, 2)
    skeleton.add(0, OXYGEN)
    assert list(skeleton.next_orbits()) == [1]


def test_resampling_keeps_draws_by_the_probability_of_what_the_masks_required() -> None:
    rng = np.random.default_rng(1)
    chosen = []
    for _ in range(2000):
        pair = [Draw(rng.random(4)) for _ in range(2)]
        pair[0].log_mass = float(np.log(3.0))
        chosen.append(resampled(pair, 2)[0] is pair[0])
    assert abs(np.mean(chosen) - 0.75) < 0.04
