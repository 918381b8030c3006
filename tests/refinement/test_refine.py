"""A round of self-training learns from proposals that a potential confirms, and continues where it was stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from generate_scripted import KNOWN, Scripted
from killing import killed_after
from typer.testing import CliRunner

from electrolith import Generator
from electrolith.cli.app import app
from electrolith.gen.data.dataset import SPLITS, OrbitDataset, reference_set
from electrolith.gen.errors import UserError
from electrolith.gen.geometry.geometry_model import GeometryModel
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.properties import SHIPPED
from electrolith.gen.sampling.candidate import Candidate
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.skeleton_network import SkeletonNetwork, SkeletonSize
from electrolith.gen.weight_files import load_weights, save_weights
from electrolith.gen.weight_folders import FOLDER, MODELS, sha256
from electrolith.refinement import refine as refine_module
from electrolith.refinement import retraining
from electrolith.refinement.refine import Refined, refine
from electrolith.refinement.refine_settings import RefineSettings
from electrolith.refinement.round_record import LINEAGE, RECORD, TRAINING, VERIFIED, WEIGHTS
from electrolith.refinement.verification import verified_crystals

NEW = (37, 79)  # Rb and Au, which are known in the structure of CsCl alone

pytestmark = pytest.mark.skipif(not list(FOLDER.rglob("*.safetensors")), reason="no weights lie in the package")


class Proposals(Scripted):
    """Known rock salt, and one of two elements that no known crystal has in this structure."""

    def draw(self, seeds, *args, **more):  # type: ignore[no-untyped-def]
        new = replace(KNOWN[8], elements=np.array(NEW))
        return [Candidate(seed, new if k % 2 else KNOWN[4], 0.0) for k, seed in enumerate(seeds)]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of small untrained models."""
    folder = tmp_path_factory.mktemp("source")
    torch.manual_seed(0)
    size = {"width": 24, "layers": 1, "heads": 2}
    save_weights(SkeletonNetwork(SkeletonSize(**size)), folder / "skeleton.safetensors", size, SHIPPED.names)
    size = {"scalars": 16, "vectors": 8, "tensors": 4, "layers": 1}
    save_weights(GeometryModel(NetworkSize(**size)), folder / "geometry.safetensors", size, SHIPPED.names)
    return folder


@pytest.fixture(scope="module")
def handful() -> OrbitDataset:
    data = reference_set()
    parts = [
        np.flatnonzero((data.n_atoms <= 6) & (data.split == SPLITS.index(s)))[:n]
        for s, n in (("train", 60), ("val", 9))
    ]
    return data.take(np.concatenate(parts))


@pytest.fixture(scope="module", autouse=True)
def _quick(handful: OrbitDataset) -> Iterator[None]:
    """Rounds of few proposals and crystals."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Generator, "from_pretrained", lambda *_, **__: Generator(Proposals()))
        patched.setattr(retraining, "reference_set", lambda: handful)
        patched.setattr(refine_module, "FEWEST", 1)
        yield


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Refined, Path]:
    """A finished round."""
    folder = tmp_path_factory.mktemp("whole") / "round"
    return refine(settings(source), folder), folder


def settings(source: Path, **values: object) -> RefineSettings:
    generate = {"n": 2, "checkpoint": str(source), "workers": 1, "stability_limit": None, "max_attempts": 1}
    return RefineSettings.from_mapping({"generate": generate, "limit": 5.0, "steps": 2, **values})


def test_new_crystals_are_learned_from_with_their_computed_heights_and_known_ones_are_not(
    whole: tuple[Refined, Path],
) -> None:
    found, folder = whole
    assert (found.proposed, found.verified) == (2, 1)
    learned = verified_crystals(folder / VERIFIED)
    assert set(learned.elements.tolist()) == set(NEW)
    height, formation = (float(learned.property(n)[0]) for n in ("energy_above_hull", "formation_energy_per_atom"))
    assert 0.0 <= height < 5.0
    assert np.isfinite(formation)
    labels = OrbitDataset.load(folder / TRAINING / "labels.npz")
    copies = np.isin(labels.ids, learned.ids)
    assert copies.sum() == 6  # a tenth of the training, with 60 known crystals
    assert (labels.split[copies] == SPLITS.index("train")).all()
    assert labels.property("energy_above_hull")[copies] == pytest.approx(height, abs=1e-6)
    assert found.weights is not None
    CrystalSampler.load(found.weights, "cpu")


def test_the_lineage_names_the_weights_of_every_round(
    source: Path, whole: tuple[Refined, Path], tmp_path: Path
) -> None:
    first = whole[0].weights
    assert first is not None
    second = refine(settings(first, steps=1), tmp_path / "two").weights
    assert second is not None
    rounds = yaml.safe_load((second / LINEAGE).read_text(encoding="utf-8"))["rounds"]
    assert len(rounds) == 2
    for name in MODELS:
        assert rounds[0]["start"][name] == sha256(source / name)
        assert rounds[0]["end"][name] == rounds[1]["start"][name] == sha256(first / name)
        assert rounds[1]["end"][name] == sha256(second / name)


def test_a_round_killed_in_its_training_ends_with_the_weights_of_an_uninterrupted_one(
    source: Path, whole: tuple[Refined, Path], tmp_path: Path
) -> None:
    found, folder = whole
    killed = tmp_path / "killed"
    shutil.copytree(folder, killed, ignore=shutil.ignore_patterns(TRAINING, WEIGHTS))
    with killed_after(5):
        refine(settings(source), killed, resume=True)
    again = refine(settings(source), killed, resume=True)
    assert again == replace(found, weights=killed / WEIGHTS)
    for name in MODELS:
        one, other = (load_weights(path / WEIGHTS / name)[0] for path in (killed, folder))
        assert all(torch.allclose(one[key], other[key], atol=1e-6) for key in other)


def test_other_settings_or_weights_are_refused_for_a_resumed_round(
    source: Path, whole: tuple[Refined, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "round"
    shutil.copytree(whole[1], folder)
    with pytest.raises(UserError, match=r"limit: 5\.0, 0\.2"):
        refine(settings(source, limit=0.2), folder, resume=True)
    with pytest.raises(UserError, match="holds a run already"):
        refine(settings(source), folder)
    record = yaml.safe_load((folder / RECORD).read_text(encoding="utf-8"))
    record["start"]["skeleton.safetensors"] = "0"
    (folder / RECORD).write_text(yaml.safe_dump(record), encoding="utf-8")
    with pytest.raises(UserError, match="have changed"):
        refine(settings(source), folder, resume=True)


def test_the_command_resumes_with_the_settings_of_the_round(whole: tuple[Refined, Path]) -> None:
    found = CliRunner().invoke(app, ["refine", "-o", str(whole[1]), "--resume"])
    assert found.exit_code == 0, found.output
    assert "1 of 2 proposals are new" in found.output


def test_too_few_verified_crystals_are_nothing_to_learn_from(
    source: Path, whole: tuple[Refined, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refine_module, "FEWEST", 2)
    with pytest.raises(UserError, match="1 of 2 proposals are verified, fewer than 2"):
        refine(settings(source), whole[1], resume=True)
