"""Training on a handful of crystals: every model learns, a stopped run ends as an uninterrupted one, weights load."""

from __future__ import annotations

import random
import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pytest
import torch
import yaml
from lightning.fabric.utilities.data import _set_sampler_epoch
from lightning.pytorch.callbacks import Callback

from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.geometry.geometry_model import GeometryModel
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.surrogate.orbit_network import OrbitNetwork, SurrogateSize
from electrolith.gen.surrogate.structure_network import StructureNetwork
from electrolith.gen.training.cost_batches import CostSampler, longer_if_large
from electrolith.gen.training.model_settings import SETTINGS
from electrolith.gen.training.resumable_loader import ResumableLoader
from electrolith.gen.training.train import train
from electrolith.gen.training.training_settings import TrainingSettings
from electrolith.gen.typed_records import read_record
from electrolith.gen.weight_files import load_weights
from electrolith.gen.weight_folders import HASHES, sha256

MODELS = ("geometry", "skeleton", "surrogate", "crystal-surrogate")
SMALL_NETWORK = {"scalars": 16, "vectors": 8, "tensors": 4, "layers": 2}
SIZES: dict[str, dict[str, int]] = {
    "geometry": SMALL_NETWORK,
    "skeleton": {"width": 24, "layers": 1, "heads": 2},
    "surrogate": {"width": 16, "layers": 1, "heads": 2, "members": 2},
    "crystal-surrogate": SMALL_NETWORK,
}
BATCHES = {"geometry": 40, "skeleton": 200, "surrogate": 100, "crystal-surrogate": 40}
NETWORKS: Mapping[str, Any] = {
    "geometry": lambda size: GeometryModel(NetworkSize(**size)),
    "skeleton": lambda size: SkeletonNetwork(SkeletonSize(**size)),
    "surrogate": lambda size: OrbitNetwork(SurrogateSize(**size)),
    "crystal-surrogate": lambda size: StructureNetwork(NetworkSize(**size)),
}


@pytest.fixture(scope="module")
def handful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = reference_set()
    usable = (data.n_atoms <= 6) & (data.property("energy_above_hull") <= 0.1)
    chosen = [
        np.flatnonzero(usable & (data.split == SPLITS.index(name)))[:n] for name, n in (("train", 60), ("val", 12))
    ]
    path = tmp_path_factory.mktemp("data") / "handful.npz"
    data.take(np.concatenate(chosen)).save(path)
    return path


def settings(model: str, data: Path, steps: int, **changes: Any) -> TrainingSettings:
    values = {
        "model": model, "steps": steps, "warmup": 2, "decay": 4, "learning_rate": 3e-3, "weight_decay": 0.01,
        "gradient_clip": 1.0, "ema": 0.5, "batch": BATCHES[model], "validate_every": 4, "dropout": 0.1,
        "size": SIZES[model], "data": str(data),
    }  # fmt: skip
    alone = {"formulas": False} if model == "surrogate" else {}  # crystals alone: 40,000 formulas take seconds
    return read_record(SETTINGS[model], values | alone | changes)


class Stopped(RuntimeError):
    """Ends a run as a killed process would: nothing more is saved."""


class Steps(Callback):
    """Counts the steps of a run, and stops it after ``last``."""

    def __init__(self, last: int = -1) -> None:
        self.last, self.taken = last, 0

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        self.taken += 1
        if self.taken == self.last:
            raise Stopped


def card(folder: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / "card.yaml").read_text()))


def differing(one: Path, other: Path) -> list[str]:
    """Names of the tensors that are not the same in two weight files."""
    first, second = load_weights(one)[0], load_weights(other)[0]
    assert set(first) == set(second)
    return [name for name in first if not torch.equal(first[name], second[name])]


@pytest.fixture(scope="module")
def whole(handful: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The weight file of an uninterrupted run of 14 steps, over three epochs, trained once for each model."""
    folder = tmp_path_factory.mktemp("whole")

    def weights(model: str) -> Path:
        path = folder / model / f"{model}.safetensors"
        return path if path.exists() else train(stoppable(model, handful), folder / model, device="cpu")

    return weights


def stoppable(model: str, handful: Path) -> TrainingSettings:
    return settings(model, handful, 14, save_every=3, seed=2)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stop", [5, 10])
def test_a_stopped_run_ends_with_the_weights_of_an_uninterrupted_one(
    model: str, stop: int, whole: Callable[[str], Path], handful: Path, tmp_path: Path
) -> None:
    plan = stoppable(model, handful)
    with pytest.raises(Stopped):
        train(plan, tmp_path, device="cpu", callbacks=[Steps(stop)])
    assert not (tmp_path / f"{model}.safetensors").exists()
    rest = Steps()
    resumed = train(plan, tmp_path, resume=True, device="cpu", callbacks=[rest])
    assert rest.taken == plan.steps - stop // 3 * 3  # from the last checkpoint, not from the start
    assert differing(whole(model), resumed) == []


def test_a_run_that_had_ended_writes_the_averaged_weights_and_its_losses_again(handful: Path, tmp_path: Path) -> None:
    plan = settings("skeleton", handful, 8, ema=0.9)  # the last checkpoint is that of the last step
    first = train(plan, tmp_path, device="cpu")
    saved, losses = tmp_path / "saved.safetensors", card(tmp_path)["losses"]
    first.rename(saved)
    again = train(plan, tmp_path, resume=True, device="cpu")
    assert differing(saved, again) == []
    assert card(tmp_path)["losses"] == losses
    again.unlink()  # killed after the last step, before the weights and the card were written
    (tmp_path / "card.yaml").unlink()
    (tmp_path / "last.ckpt").write_bytes((tmp_path / "last.ckpt").read_bytes()[:5000])  # and while a file was written
    assert differing(saved, train(plan, tmp_path, resume=True, device="cpu")) == []
    found = card(tmp_path)["losses"]
    assert found == {name: losses[name] for name in found}
    assert {name for name in losses if name.startswith("val")} == set(found)
    raw = torch.load(tmp_path / "checkpoint.ckpt", map_location="cpu", weights_only=True)["current_model_state"]
    averaged = load_weights(again)[0]
    assert any(not torch.equal(raw[f"model.{name}"], value) for name, value in averaged.items())


def test_a_run_is_resumed_with_its_own_settings(handful: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        train(settings("skeleton", handful, 8), tmp_path, device="cpu", callbacks=[Steps(2)])
    others = {
        "seed": settings("skeleton", handful, 8, seed=1),
        "learning_rate": settings("skeleton", handful, 8, learning_rate=1e-4),
        "size": settings("skeleton", handful, 8, size={"width": 32, "layers": 1, "heads": 2}),
        "model": settings("geometry", handful, 8),
    }
    for name, other in others.items():
        with pytest.raises(UserError, match=rf"these differ \(card.yaml, now\): .*\b{name}: "):
            train(other, tmp_path, resume=True, device="cpu")
    train(settings("skeleton", handful, 10, threads=2, save_every=7), tmp_path, resume=True, device="cpu")
    (tmp_path / "card.yaml").write_text("settings: 5")
    with pytest.raises(UserError, match=r"card.yaml is damaged"):
        train(settings("skeleton", handful, 10), tmp_path, resume=True, device="cpu")


def test_a_resumed_run_may_be_longer(handful: Path, tmp_path: Path) -> None:
    train(settings("skeleton", handful, 8), tmp_path, device="cpu")
    rest = Steps()
    train(settings("skeleton", handful, 12), tmp_path, resume=True, device="cpu", callbacks=[rest])
    assert (rest.taken, card(tmp_path)["steps"]) == (4, 12)


@pytest.mark.parametrize("model", MODELS)
def test_weights_of_a_run_load_into_their_network(model: str, whole: Callable[[str], Path]) -> None:
    state, size = load_weights(whole(model))
    assert SIZES[model].items() <= size.items()
    assert all(torch.isfinite(t).all() for t in state.values())
    NETWORKS[model](size).load_state_dict(state)


@pytest.mark.parametrize("model", MODELS)
def test_the_settings_beside_the_weights_are_whole_and_make_the_same_run(
    model: str, whole: Callable[[str], Path], handful: Path
) -> None:
    saved = card(whole(model).parent)["settings"]
    assert read_record(SETTINGS[model], saved) == stoppable(model, handful)


@pytest.mark.parametrize(
    ("model", "crystals", "loss", "factor"),
    [
        ("geometry", 2, "val_sites", 2.5),
        ("skeleton", 40, "val_loss", 2.5),
        ("surrogate", 40, "val_formation_energy_per_atom", 2.5),
        ("crystal-surrogate", 40, "val_formation_energy_per_atom", 2.0),
    ],
)
def test_the_loss_of_a_small_run_falls_by_this_factor_on_its_crystals(
    model: str, crystals: int, loss: str, factor: float, tmp_path: Path
) -> None:
    data = reference_set()
    usable = (data.n_atoms <= 6) & (data.n_atoms >= 4) & (data.property("energy_above_hull") <= 0.1)
    chosen = np.resize(np.flatnonzero(usable & (data.space_group < 150))[:crystals], 40)
    seen = replace(data.take(chosen), split=np.full(40, SPLITS.index("train")))
    seen_again = replace(seen, split=np.full(40, SPLITS.index("val")))
    OrbitDataset.joined([seen, seen_again]).save(tmp_path / "twice.npz")
    errors = []
    for steps, rate in ((1, 0.0), (60, 1e-2)):
        plan = settings(
            model, tmp_path / "twice.npz", steps, validate_every=steps, decay=30, ema=0.8, dropout=0.0,
            learning_rate=rate,
        )  # fmt: skip
        train(plan, tmp_path / str(steps), device="cpu")
        errors.append(card(tmp_path / str(steps))["losses"][loss])
    assert errors[0] > factor * errors[1]


def test_epochs_see_every_crystal_in_other_batches_and_large_ones_in_turn(handful: Path) -> None:
    data = OrbitDataset.load(handful)
    batches = CostSampler(np.diff(data.start), longer_if_large(data.n_atoms, 3, 2), 40, seed=0)
    loader = ResumableLoader(batches, len(data), lambda indices, _: (torch.tensor(indices),))
    epochs = []
    for epoch in range(2):
        _set_sampler_epoch(loader, epoch)  # as Lightning does
        epochs.append([batch[0].tolist() for batch in loader])
    assert epochs[0] != epochs[1]
    seen = [sorted(index for batch in epoch for index in batch) for epoch in epochs]
    small = np.flatnonzero(data.n_atoms <= 3).tolist()
    assert sorted(seen[0] + seen[1]) == sorted([*range(len(data)), *small])


def test_a_run_leaves_threads_warnings_and_random_numbers_as_they_were(handful: Path, tmp_path: Path) -> None:
    before = torch.get_num_threads(), list(warnings.filters), torch.get_rng_state(), random.getstate()
    numpy_before = np.random.get_state()[1].copy()  # noqa: NPY002  the global one is meant
    train(settings("skeleton", handful, 1, threads=torch.get_num_threads() + 1), tmp_path, device="cpu")
    assert (torch.get_num_threads(), list(warnings.filters), random.getstate()) == (before[0], before[1], before[3])
    assert torch.equal(torch.get_rng_state(), before[2])
    assert np.array_equal(np.random.get_state()[1], numpy_before)  # noqa: NPY002


def test_a_run_starts_from_weights_of_its_own_kind_only(
    whole: Callable[[str], Path], handful: Path, tmp_path: Path
) -> None:
    first = whole("skeleton")
    plan = settings("skeleton", handful, 1, start=str(first), learning_rate=0.0, ema=0.0)
    second = train(plan, tmp_path / "second", device="cpu")
    assert differing(first, second) == []
    with pytest.raises(UserError, match="settings ask for"):
        train(settings("geometry", handful, 1, start=str(first)), tmp_path / "third", device="cpu")


def test_a_data_set_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"data: .*none\.npz is not a readable set of orbits"):
        train(settings("skeleton", tmp_path / "none.npz", 1), tmp_path / "run", device="cpu")


def test_a_structure_surrogate_starts_from_the_network_of_a_geometry_model(
    whole: Callable[[str], Path], handful: Path, tmp_path: Path
) -> None:
    first = whole("geometry")
    plan = settings("crystal-surrogate", handful, 1, start=str(first), learning_rate=0.0, ema=0.0)
    trunk = load_weights(train(plan, tmp_path, device="cpu"))[0]
    network = {k: v for k, v in load_weights(first)[0].items() if k.startswith("network.")}
    assert network
    assert all(torch.equal(trunk[k.replace("network.", "trunk.", 1)], v) for k, v in network.items())


def test_a_damaged_weight_file_is_refused(whole: Callable[[str], Path], tmp_path: Path) -> None:
    copy = tmp_path / "skeleton.safetensors"
    shutil.copy(whole("skeleton"), copy)
    (tmp_path / HASHES).write_text(f"{sha256(copy)}  {copy.name}\n")
    load_weights(copy)
    raw = bytearray(copy.read_bytes())
    raw[-5] ^= 1
    copy.write_bytes(raw)
    with pytest.raises(UserError, match="damaged"):
        load_weights(copy)
