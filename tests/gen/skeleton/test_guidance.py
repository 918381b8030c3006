"""Laws of guidance: weight 1 is none, weight 0 is the free prediction, and excluded choices stay excluded."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.guidance import Guidance, guided
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import SkeletonSampler

SEEDS = range(12)


@pytest.fixture(scope="module")
def sampler() -> SkeletonSampler:
    """Random weights, large enough for targets to matter."""
    torch.manual_seed(0)
    network = SkeletonNetwork(SkeletonSize(32, 1, 2))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return SkeletonSampler(network)


def targets(value: float) -> np.ndarray:
    out = np.full((len(SEEDS), len(SHIPPED)), np.nan, dtype=np.float32)
    out[:, 0], out[:, 3] = -1.0, value
    return out


FREE, TARGETED = targets(np.nan), targets(2.0)


def draw(sampler: SkeletonSampler, asked: np.ndarray, guidance: Guidance | None = None) -> list[Skeleton | None]:
    return sampler.draw(SEEDS, Constraints(max_atoms=12), asked, guidance)


def orbits(drawn: list[Skeleton | None]) -> list[object]:
    return [s and (s.space_group, s.positions, s.elements) for s in drawn]


def test_guided_log_probabilities_are_a_line_from_the_free_to_the_targeted_ones() -> None:
    targeted, free = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(guided(targeted, free, 1.0), targeted.log_softmax(-1))
    torch.testing.assert_close(guided(targeted, free, 0.0), free.log_softmax(-1))
    middle = (targeted.log_softmax(-1) + free.log_softmax(-1)) / 2
    torch.testing.assert_close(guided(targeted, free, 0.5), middle)


@pytest.mark.parametrize("weight", [0.0, 1.0, 3.0])
def test_guidance_keeps_excluded_choices_excluded(weight: float) -> None:
    targeted, free = torch.tensor([[0.0, -torch.inf, 1.0]]), torch.tensor([[1.0, -torch.inf, 0.0]])
    assert torch.isfinite(guided(targeted, free, weight)).tolist() == [[True, False, True]]


def test_guidance_of_weight_1_or_towards_nothing_is_no_guidance(sampler: SkeletonSampler) -> None:
    assert draw(sampler, TARGETED, Guidance(1.0, FREE)) == draw(sampler, TARGETED)
    assert draw(sampler, FREE, Guidance(3.0, FREE)) == draw(sampler, FREE)


def test_guidance_of_weight_0_is_the_free_prediction(sampler: SkeletonSampler) -> None:
    guided_draws, free = draw(sampler, TARGETED, Guidance(0.0, FREE)), draw(sampler, FREE)
    assert orbits(guided_draws) == orbits(free)
    assert orbits(free) != orbits(draw(sampler, TARGETED))
    for one, other in zip(guided_draws, free, strict=True):
        assert one is None or other is None or one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-4)


def test_the_weight_of_guidance_changes_draws(sampler: SkeletonSampler) -> None:
    strong, weak = (orbits(draw(sampler, TARGETED, Guidance(weight, FREE))) for weight in (4.0, 1.5))
    assert strong != weak
