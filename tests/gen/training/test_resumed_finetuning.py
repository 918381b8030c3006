"""Fine-tuning of a small skeleton model: its seed decides everything, and a killed run ends as an unbroken one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.properties import SHIPPED, Property, PropertySet
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.training.finetune_settings import FinetuneSettings, SkeletonSchedule
from electrolith.gen.training.finetune_skeleton import finetune_skeleton
from electrolith.gen.training.property_scale import PropertyRequest
from electrolith.gen.weight_files import load_weights, save_weights
from electrolith.gen.weight_folders import MODELS

SIZE = {"width": 24, "layers": 1, "heads": 2}
PROPERTIES: PropertySet = SHIPPED.extended((Property("heaviness", "g/cm³", centre=5.0, width=2.0),))
STEPS = 6


class Stopped(Exception):
    """Raised where a run is killed."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    torch.manual_seed(0)
    save_weights(SkeletonNetwork(SkeletonSize(**SIZE)), folder / MODELS[0], SIZE, SHIPPED.names)
    return folder


@pytest.fixture(scope="module")
def labels() -> OrbitDataset:
    data = reference_set()
    usable = data.n_atoms <= 6
    chosen = [
        np.flatnonzero(usable & (data.split == SPLITS.index(name)))[:n] for name, n in (("train", 40), ("val", 10))
    ]
    found = data.take(np.concatenate(chosen)).with_columns(PROPERTIES.names)
    found.properties[:, -1] = found.property("density")
    return found


def tuned(source: Path, work: Path, labels: OrbitDataset, seed: int = 0, stop: int = -1) -> dict[str, float]:
    def watch(_: str, done: int, __: int) -> None:
        if done == stop:
            raise Stopped

    settings = FinetuneSettings(
        "table.csv", (PropertyRequest("heaviness"),), steps=STEPS, seed=seed,
        skeleton=SkeletonSchedule(batch=200, validate_every=3),
    )  # fmt: skip
    work.mkdir(exist_ok=True)
    return finetune_skeleton(settings, source, work, labels, PROPERTIES, 1, watch)


@pytest.fixture(scope="module")
def whole(
    source: Path, labels: OrbitDataset, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, float]]:
    """The folder and the losses of an unbroken run of seed 0."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, tuned(source, folder, labels)


def equal(one: Path, other: Path) -> bool:
    first, second = (load_weights(folder / MODELS[0])[0] for folder in (one, other))
    return all(torch.equal(value, second[name]) for name, value in first.items())


def test_the_seed_decides_everything(
    source: Path, labels: OrbitDataset, whole: tuple[Path, dict[str, float]], tmp_path: Path
) -> None:
    assert tuned(source, tmp_path / "same", labels) == whole[1]
    assert equal(tmp_path / "same", whole[0])
    tuned(source, tmp_path / "other", labels, seed=1)
    assert not equal(tmp_path / "other", whole[0])


@pytest.mark.parametrize("stop", [4, STEPS])
def test_a_killed_run_ends_with_the_averaged_weights_of_an_unbroken_one(
    source: Path, labels: OrbitDataset, whole: tuple[Path, dict[str, float]], tmp_path: Path, stop: int
) -> None:
    with pytest.raises(Stopped):
        tuned(source, tmp_path / "killed", labels, stop=stop)
    again = tuned(source, tmp_path / "killed", labels)
    assert equal(whole[0], tmp_path / "killed")
    assert {name: again[name] for name in again if name != "train_loss"} == {
        name: whole[1][name] for name in whole[1] if name != "train_loss"
    }
    (tmp_path / "killed" / MODELS[0]).unlink()  # between the last step and the saved file
    tuned(source, tmp_path / "killed", labels)
    assert equal(whole[0], tmp_path / "killed")


def test_weights_of_another_model_are_refused(labels: OrbitDataset, tmp_path: Path) -> None:
    save_weights({"x": torch.zeros(3)}, tmp_path / MODELS[0], {}, SHIPPED.names)
    with pytest.raises(UserError, match=r"skeleton\.safetensors holds another model"):
        tuned(tmp_path, tmp_path / "work", labels)
