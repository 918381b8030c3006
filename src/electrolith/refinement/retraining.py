"""Retraining of both models on the reference set and verified crystals, from the weights that proposed them."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np

from ..gen.atomic import atomic_path, write_atomic
from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.geometry.network_size import NetworkSize
from ..gen.skeleton.skeleton_network import SkeletonSize
from ..gen.surrogate.candidate_surrogate import NAME as CANDIDATE_SURROGATE
from ..gen.surrogate.model_card import NAME as MODEL_CARD
from ..gen.surrogate.orbit_surrogate import NAME as ORBIT_SURROGATE
from ..gen.surrogate.structure_surrogate import FILES, folder_in_use
from ..gen.training.checkpoint_files import has_checkpoint
from ..gen.training.model_settings import GeometrySettings, SkeletonSettings, load_settings
from ..gen.training.train import train
from ..gen.training.training_settings import TrainingSettings
from ..gen.weight_files import load_weights
from ..gen.weight_folders import HASHES, MODELS, sha256
from ..io.yaml_files import CONFIGS
from ..prediction.complete_labels import complete_labels

SLOWER = 0.2  # learning rate, in units of that of a training from random weights


def training_set(verified: OrbitDataset, share: float) -> OrbitDataset:
    """The reference set and the verified crystals, which are repeated until they make about ``share`` of the training.

    The others of their properties are predictions, marked as such. The same crystals are never in validation.
    """
    known = reference_set()
    trained = int((known.split == SPLITS.index("train")).sum())
    times = max(1, math.floor(share / (1 - share) * trained / max(1, len(verified))))
    return OrbitDataset.joined([known, *[complete_labels(verified)] * times])


def training_settings(source: Path, data: Path, steps: int) -> dict[str, TrainingSettings]:
    """The settings of both trainings from the weights in ``source``, by the name of the model."""
    found: dict[str, TrainingSettings] = {}
    for file in MODELS:
        model, weights = Path(file).stem, source / file
        shipped = load_settings(CONFIGS / f"train-{model}.yaml")
        size = load_weights(weights)[1]
        if isinstance(shipped, SkeletonSettings):
            skeleton = SkeletonSize(**size)
            shipped = replace(shipped, size=skeleton, max_atoms=min(shipped.max_atoms, skeleton.atoms))
        else:
            shipped = replace(cast("GeometrySettings", shipped), size=NetworkSize(**size))
        found[model] = replace(
            shipped, start=str(weights), data=str(data), steps=steps, warmup=max(1, steps // 20),
            decay=max(1, steps // 2), learning_rate=SLOWER * shipped.learning_rate,
            ema=min(shipped.ema, max(0.0, 1 - 5 / steps)),
            validate_every=max(1, min(shipped.validate_every, steps // 2)),
        )  # fmt: skip
    return found


def retrain(settings: TrainingSettings, folder: Path) -> Path:
    """Trains one model in its folder, from its last checkpoint if it was stopped; returns the weight file."""
    return train(settings, folder, resume=has_checkpoint(folder))


def assemble(source: Path, trained: Sequence[Path], out: Path) -> None:
    """Makes the checkpoint ``out`` of trained weights and the surrogates of the checkpoint ``source``."""
    surrogates = folder_in_use(source)
    names = (ORBIT_SURROGATE, CANDIDATE_SURROGATE, MODEL_CARD)
    others = [*sorted(surrogates.glob(FILES)), *(surrogates / name for name in names)]
    out.mkdir(exist_ok=True)
    for path in (*trained, *(one for one in others if one.exists())):
        with atomic_path(out / path.name) as part:
            shutil.copyfile(path, part)
    weights = sorted(out.glob("*.safetensors"))
    write_atomic(out / HASHES, "".join(f"{sha256(file)}  {file.name}\n" for file in weights).encode())


def shares_of(data: OrbitDataset, verified: OrbitDataset) -> dict[str, float]:
    """The share of the verified crystals in the training split of a data set."""
    ids = np.isin(data.ids[data.split == SPLITS.index("train")], verified.ids)
    return {"new_crystals": len(verified), "share_of_training": round(float(ids.mean()), 3)}
