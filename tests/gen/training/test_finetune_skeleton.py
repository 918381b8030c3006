"""Laws of fine-tuning the skeleton model: effect of the new columns, and crystals that show a new property."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.properties import SHIPPED, Property, PropertySet
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.training.finetune_skeleton import SkeletonFinetuning
from electrolith.gen.training.model_settings import SkeletonSettings

OLD, NEW = len(SHIPPED), 1
SHOWN, SPEED_UP = 0.25, 8.0
SIZE = SkeletonSize(24, 1, 2)
SETTINGS = SkeletonSettings(
    size=SIZE, steps=4, warmup=1, decay=1, learning_rate=1e-3, weight_decay=0.05, gradient_clip=1.0, ema=0.9,
    batch=200, validate_every=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def data() -> OrbitDataset:
    return reference_set().take(np.arange(40))


@pytest.fixture
def module(data: OrbitDataset) -> SkeletonFinetuning:
    torch.manual_seed(0)
    properties = PropertySet((*SHIPPED, Property("heaviness", "", 0.5, 0.2)))
    state = SkeletonNetwork(SIZE).state_dict()
    return SkeletonFinetuning(SETTINGS, data, data, state, properties, NEW, SHOWN, SPEED_UP)


def test_a_new_property_is_shown_in_its_share_of_the_crystals(module: SkeletonFinetuning) -> None:
    targets = torch.randn(4000, OLD + NEW)

    def share(stage: str) -> float:
        return float(torch.isfinite(module.shown(targets, stage)[:, -1]).float().mean())

    assert share("train") == pytest.approx(SHOWN, abs=0.04)
    assert share("val") == 1
    assert share("untold") == 0


def test_validation_shows_the_hull_distance_and_the_new_property_alone(module: SkeletonFinetuning) -> None:
    shown = torch.isfinite(module.shown(torch.randn(8, OLD + NEW), "val"))
    assert shown.all(0).tolist() == [True, *[False] * (OLD - 1), True]


def test_of_the_target_weights_only_the_new_columns_learn(module: SkeletonFinetuning) -> None:
    targets = torch.cat([torch.randn(5, OLD + NEW), torch.ones(5, OLD + NEW)], 1)
    module.model.target(targets).square().sum().backward()
    gradient = module.model.target.weight.grad
    assert gradient is not None
    learns = gradient.abs().sum(0) > 0
    one = [*[False] * OLD, *[True] * NEW]
    assert learns.tolist() == one * 2  # a column for the number, and one for whether it is shown


def test_the_new_columns_learn_faster(module: SkeletonFinetuning) -> None:
    optimiser = module.configure_optimizers()["optimizer"]
    highest = [group["initial_lr"] for group in optimiser.param_groups]
    assert highest == pytest.approx([1e-3, 1e-3, SPEED_UP * 1e-3])
    assert optimiser.param_groups[-1]["params"][0] is module.model.target.weight
