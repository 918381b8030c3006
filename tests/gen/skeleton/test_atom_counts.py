"""Laws of the numbers of atoms in the skeleton network: old sizes keep their tensors, large cells can be drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.atom_counts import count_features, grown
from electrolith.gen.skeleton.conditioning import context_of
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.skeleton.decoder import log_prob
from electrolith.gen.skeleton.skeleton import SkeletonBatch
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.skeleton.skeleton_sampler import SkeletonSampler
from electrolith.gen.training.model_settings import SkeletonSettings
from electrolith.gen.training.training_settings import TrainingSettings

LARGE = SkeletonSize(32, 1, 2, atoms=200)
NOTHING = np.full((4, len(SHIPPED)), np.nan, dtype=np.float32)


def test_a_network_without_a_size_of_cells_has_the_tensors_of_older_weights() -> None:
    state = SkeletonNetwork(SkeletonSize(32, 1, 2)).state_dict()
    assert state["atoms.weight"].shape == state["left.weight"].shape == (65, 32)
    assert state["to_atoms.weight"].shape == (65, 32)
    assert not [name for name in state if "feature" in name and name.split(".")[0] in ("atoms", "left", "to_atoms")]


def test_every_number_of_atoms_has_features_of_its_own() -> None:
    features = count_features(200)
    assert features.shape == (201, 26)
    assert np.isfinite(features).all()
    distance = np.abs(features[:, None] - features[None]).sum(2) + 10 * np.eye(201)
    assert distance.min() > 0.1


def test_a_network_for_large_cells_draws_large_cells() -> None:
    torch.manual_seed(0)
    sampler = SkeletonSampler(SkeletonNetwork(LARGE))
    drawn = sampler.draw(range(4), Constraints(space_groups=(1, 62, 225), min_atoms=150, max_atoms=200), NOTHING)
    sizes = [sum(s.composition.values()) for s in drawn if s is not None]
    assert len(sizes) == 4
    assert all(150 <= n <= 200 for n in sizes)


@torch.no_grad()
def test_the_number_of_atoms_learns_from_the_features_of_other_numbers() -> None:
    """A step on a crystal of 96 atoms changes the probability of 192 atoms more than that of 191."""
    torch.manual_seed(0)
    network = SkeletonNetwork(LARGE)
    head = network.to_atoms
    assert head.feature is not None
    hidden = torch.randn(1, 32)
    before = head(hidden)
    features = head.features[96]
    head.feature.weight += 0.1 * torch.outer(hidden[0], features)
    change = (head(hidden) - before)[0]
    assert change[192] > change[191]


@torch.no_grad()
def test_the_likelihood_covers_cells_of_the_largest_size() -> None:
    network = SkeletonNetwork(LARGE).eval()
    batch = SkeletonBatch.of([(1, [0] * 200, [3] * 200)])
    assert torch.isfinite(log_prob(network, batch, context_of(Constraints(), NOTHING[:1]))).all()


def test_crystals_larger_than_the_network_are_refused_before_the_training() -> None:
    values = dict.fromkeys(("steps", "warmup", "decay", "learning_rate", "weight_decay", "gradient_clip", "batch"), 1)
    values |= {"ema": 0.9, "validate_every": 1}
    assert issubclass(SkeletonSettings, TrainingSettings)
    SkeletonSettings(size=LARGE, max_atoms=200, **values)
    with pytest.raises(UserError, match="room for 64"):
        SkeletonSettings(size=SkeletonSize(32, 1, 2), max_atoms=200, **values)


def test_a_grown_network_gives_what_it_gave_for_small_cells_and_has_room_for_large_ones() -> None:
    torch.manual_seed(0)
    small, large = SkeletonNetwork(SkeletonSize(32, 1, 2)).eval(), SkeletonNetwork(LARGE).eval()
    large.load_state_dict(grown(small.state_dict(), 52, 200))
    hidden, counts = torch.randn(3, 32), torch.arange(53)
    assert torch.equal(large.atoms(counts), small.atoms(counts))
    assert torch.equal(large.to_atoms(hidden)[:, :53], small.to_atoms(hidden)[:, :53])
    assert large.to_atoms(hidden).shape == (3, 201)
    assert torch.allclose(large.atoms(torch.tensor(150)), small.atoms(torch.arange(41, 53)).mean(0))
