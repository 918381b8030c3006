"""Laws of the skeleton likelihood: teacher forcing agrees with sampling, factors are causal, probabilities sum to 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import torch

from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.choices import choices_along
from electrolith.gen.skeleton.conditioning import EXACTLY, context_of, pack
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.decoder import BEFORE_ORBITS, log_prob, visibility
from electrolith.gen.skeleton.feasible_groups import feasible_groups
from electrolith.gen.skeleton.masks import PartialSkeleton
from electrolith.gen.skeleton.skeleton import Skeleton, SkeletonBatch
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import SkeletonSampler

LITHIUM, FLUORINE, PHOSPHORUS, SULFUR = 3, 9, 15, 16
MOST = 64  # atoms of the largest cell that the network can draw
THIOPHOSPHATE = {LITHIUM: 3, PHOSPHORUS: 1, SULFUR: 4}
CONSTRAINTS = {
    "none": Constraints(),
    "some elements": Constraints(required=frozenset((LITHIUM, SULFUR))),
    "chemical system": Constraints(required=frozenset(THIOPHOSPHATE), allowed=frozenset(THIOPHOSPHATE)),
    "formula": Constraints(formula=THIOPHOSPHATE, required=frozenset(THIOPHOSPHATE), max_atoms=32),
    "space groups": Constraints(space_groups=(14, 62, 225), min_atoms=4),
}


@pytest.fixture(scope="module")
def network() -> SkeletonNetwork:
    """Random weights, large enough for every token to matter."""
    torch.manual_seed(0)
    network = SkeletonNetwork(SkeletonSize(32, 2, 2)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network


def targets(n: int) -> np.ndarray:
    """A target of the hull distance and another property, different for each of n draws."""
    out = np.full((n, len(SHIPPED)), np.nan, dtype=np.float32)
    out[:, 0] = np.linspace(-1, 1, n)
    out[::2, 3] = 1.0
    return out


def batch_of(skeletons: list[Skeleton]) -> SkeletonBatch:
    return SkeletonBatch.of([(s.space_group, s.positions, s.elements) for s in skeletons])


@torch.no_grad()
@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_likelihood_of_a_draw_is_that_of_its_skeleton_under_the_same_constraints(
    name: str, network: SkeletonNetwork
) -> None:
    constraints = CONSTRAINTS[name]
    drawn = SkeletonSampler(network).draw(range(16), constraints, targets(16))
    finished = [k for k, skeleton in enumerate(drawn) if skeleton is not None]
    skeletons = [skeleton for skeleton in drawn if skeleton is not None]
    assert len(skeletons) >= 8
    context = context_of(constraints, targets(16)[finished])
    found = log_prob(network, batch_of(skeletons), context, choices_along(skeletons, constraints, MOST)).sum(1)
    np.testing.assert_allclose(found, [s.log_likelihood for s in skeletons], atol=1e-4)
    free = log_prob(network, batch_of(skeletons), context).sum(1)
    assert (free < found + 1e-4).all()  # excluded choices leave their probability to the others


def all_skeletons(constraints: Constraints) -> Iterator[Skeleton]:
    def finish(path: tuple[tuple[int, int], ...], group: int, atoms: int) -> Iterator[Skeleton]:
        partial = PartialSkeleton(constraints, group, atoms)
        for letter, element in path:
            partial.add(letter, element)
        if partial.left == 0:
            yield Skeleton(group, tuple(partial.positions), tuple(partial.elements), 0.0)
            return
        for letter, elements in partial.next_orbits().items():
            for element in np.flatnonzero(elements):
                yield from finish((*path, (letter, int(element))), group, atoms)

    for atoms, group in np.argwhere(feasible_groups(constraints, MOST)):
        yield from finish((), int(group), int(atoms))


@torch.no_grad()
@pytest.mark.parametrize(
    "constraints",
    [
        Constraints(space_groups=(216, 225), allowed=frozenset((LITHIUM, FLUORINE)), max_atoms=4),
        Constraints(space_groups=(1, 2), formula={LITHIUM: 1, FLUORINE: 1}, max_atoms=4),
    ],
)
def test_the_probabilities_of_all_skeletons_that_constraints_allow_sum_to_one(
    constraints: Constraints, network: SkeletonNetwork
) -> None:
    skeletons = list(all_skeletons(constraints))
    assert len(skeletons) > 5
    context = context_of(constraints, targets(1).repeat(len(skeletons), 0))
    found = log_prob(network, batch_of(skeletons), context, choices_along(skeletons, constraints, MOST)).sum(1)
    assert float(found.exp().sum()) == pytest.approx(1, abs=1e-4)


def positions_of(group: int, letters: Sequence[int]) -> tuple[int, ...]:
    return tuple(PartialSkeleton(Constraints(), group, 1).position(letter) for letter in letters)


CALCIUM, TITANIUM, OXYGEN = 20, 22, 8
PM3M = 221, positions_of(221, (0, 1, 2))  # perovskite: 1a, 1b, 3c
ROCK_SALT = (225, positions_of(225, (0, 1)), (11, 17))


@torch.no_grad()
def test_a_later_orbit_does_not_change_the_probability_of_an_earlier_choice(network: SkeletonNetwork) -> None:
    batch = SkeletonBatch.of([(*PM3M, (CALCIUM, TITANIUM, OXYGEN)), (*PM3M, (CALCIUM, TITANIUM, SULFUR))])
    one, other = log_prob(network, batch, context_of(Constraints(), targets(1).repeat(2, 0)))
    np.testing.assert_allclose(one[:3], other[:3], atol=1e-5)
    assert abs(float(one[3] - other[3])) > 1e-3


@torch.no_grad()
def test_an_earlier_orbit_changes_the_probability_of_a_later_choice(network: SkeletonNetwork) -> None:
    batch = SkeletonBatch.of([(*PM3M, (CALCIUM, TITANIUM, OXYGEN)), (*PM3M, (LITHIUM, TITANIUM, OXYGEN))])
    one, other = log_prob(network, batch, context_of(Constraints(), targets(1).repeat(2, 0)))
    assert abs(float(one[2] - other[2])) > 1e-3


@torch.no_grad()
def test_padding_changes_no_probability(network: SkeletonNetwork) -> None:
    given = [{11: 0, 17: 0}, {CALCIUM: 0, TITANIUM: 0, OXYGEN: 0}]
    short, both = (pack(np.full(n, EXACTLY), given[:n], targets(2)[:n]) for n in (1, 2))
    alone = log_prob(network, SkeletonBatch.of([ROCK_SALT]), short)
    together = log_prob(network, SkeletonBatch.of([ROCK_SALT, (*PM3M, (CALCIUM, TITANIUM, OXYGEN))]), both)
    np.testing.assert_allclose(together[0], alone[0], atol=1e-5)


def test_a_hidden_orbit_is_seen_by_itself_alone() -> None:
    torch.manual_seed(0)
    known = torch.tensor([[True, True, False]] * 50)  # two tokens of the context and padding
    whole, part = visibility(known, BEFORE_ORBITS + 4), visibility(known, BEFORE_ORBITS + 4, 0.25)
    first = 3 + BEFORE_ORBITS
    assert torch.equal(whole[:, :, :first], part[:, :, :first])
    assert part[:, range(first, first + 4), range(first, first + 4)].all()
    later = torch.ones(4, 4, dtype=torch.bool).tril(-1)
    seen = part[:, first:, first:] & later
    assert ((seen.sum(1) == later.sum(0)) | (seen.sum(1) == 0)).all()  # by all later tokens, or by none
    assert float(seen[:, 3, :3].float().mean()) == pytest.approx(0.75, abs=0.1)


def test_a_skeleton_that_the_constraints_exclude_has_no_choices() -> None:
    rock_salt = Skeleton(*ROCK_SALT, 0.0)
    with pytest.raises(ValueError, match="space group 225 with 2 atoms"):
        choices_along([rock_salt], Constraints(space_groups=(221,)), MOST)
    with pytest.raises(ValueError, match="element 17"):
        choices_along([rock_salt], Constraints(allowed=frozenset((11, 9))), MOST)
