"""Training on a handful of crystals: it learns, it resumes, its weight files load, and settings are read strictly."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from paths import ROOT

from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.geometry.geometry_model import GeometryModel
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.training.augmentation import equivalent_setting, given_composition
from electrolith.gen.training.train import train
from electrolith.gen.training.training_settings import TrainingSettings
from electrolith.gen.weight_files import HASHES, load_weights, sha256

SMALL = {
    "geometry": {"scalars": 16, "vectors": 8, "tensors": 4, "layers": 2},
    "skeleton": {"width": 24, "layers": 1, "heads": 2},
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


def settings(model: str, data: Path, steps: int) -> TrainingSettings:
    return TrainingSettings(
        model=model, steps=steps, warmup=2, decay=4, learning_rate=3e-3, weight_decay=0.01, gradient_clip=1.0, ema=0.5,
        batch=40 if model == "geometry" else 200, validate_every=4,
        size=SMALL[model], data=str(data),
    )  # fmt: skip


@pytest.mark.parametrize("model", ["geometry", "skeleton"])
def test_a_run_resumes_and_its_weights_load(model: str, handful: Path, tmp_path: Path) -> None:
    train(settings(model, handful, 8), tmp_path, device="cpu")
    steps = yaml.safe_load((tmp_path / "card.yaml").read_text())["steps"]
    assert steps == 8
    weights = train(settings(model, handful, 12), tmp_path, resume=True, device="cpu")
    card = yaml.safe_load((tmp_path / "card.yaml").read_text())
    assert card["steps"] == 12
    state, size = load_weights(weights)
    assert size == SMALL[model]
    assert all(torch.isfinite(t).all() for t in state.values())
    if model == "geometry":
        GeometryModel(NetworkSize(**size)).load_state_dict(state)


def test_a_run_starts_from_weights_of_its_own_kind_only(handful: Path, tmp_path: Path) -> None:
    first = train(settings("skeleton", handful, 4), tmp_path / "first", device="cpu")
    again = replace(settings("skeleton", handful, 1), start=str(first), learning_rate=0.0, ema=0.0)
    second = train(again, tmp_path / "second", device="cpu")
    before, after = load_weights(first)[0], load_weights(second)[0]
    assert all(torch.equal(before[name], after[name]) for name in before)
    with pytest.raises(UserError, match="settings ask for"):
        train(replace(settings("geometry", handful, 1), start=str(first)), tmp_path / "third", device="cpu")


def test_a_damaged_weight_file_is_refused(handful: Path, tmp_path: Path) -> None:
    weights = train(settings("skeleton", handful, 4), tmp_path / "run", device="cpu")
    folder = tmp_path / "weights"
    folder.mkdir()
    copy = folder / weights.name
    shutil.copy(weights, copy)
    (folder / HASHES).write_text(f"{sha256(copy)}  {copy.name}\n")
    load_weights(copy)
    raw = bytearray(copy.read_bytes())
    raw[-5] ^= 1
    copy.write_bytes(raw)
    with pytest.raises(UserError, match="damaged"):
        load_weights(copy)


def test_an_unknown_setting_is_named_with_the_one_meant(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("model: geometry\nlearning_rat: 1.0e-3\n")
    with pytest.raises(UserError, match="did you mean learning_rate"):
        TrainingSettings.load(path)


@pytest.mark.parametrize("name", ["train-geometry", "train-skeleton"])
def test_the_shipped_settings_are_whole(name: str) -> None:
    loaded = TrainingSettings.load(ROOT / "configs" / f"{name}.yaml")
    assert loaded.model == name.removeprefix("train-")
    assert loaded.warmup + loaded.decay < loaded.steps


def test_an_equivalent_setting_is_the_same_set_of_orbits_under_other_names() -> None:
    rng = np.random.default_rng(0)
    data = reference_set()
    for index in rng.choice(len(data), 50, replace=False):
        orbits = data[int(index)]
        positions, elements = equivalent_setting(rng, orbits.space_group, orbits.positions, orbits.elements)
        assert sorted(elements) == sorted(orbits.elements)
        assert list(zip(positions, elements, strict=True)) == sorted(zip(positions, elements, strict=True))


def test_what_is_told_of_a_crystal_is_true_of_it() -> None:
    rng = np.random.default_rng(0)
    elements, sites = np.array([3, 3, 8, 15]), np.array([2, 4, 8, 2])
    for _ in range(100):
        _, known = given_composition(rng, elements, sites)
        assert set(known) <= {3, 8, 15}
        assert not any(known.values()) or known == {3: 3, 8: 4, 15: 1}
