"""One training run, from settings to a weight file: ``electrolith train CONFIG``."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.seed import isolate_rng

from ..atomic import write_atomic
from ..data.dataset import SPLITS
from ..devices import available_device
from ..errors import UserError
from ..properties import SHIPPED
from ..threads import cpu_threads
from ..typed_records import write_record
from ..weight_files import save_weights
from ..yaml_lines import YamlLines
from ..yaml_schema import yaml_text
from .checkpoint_files import has_checkpoint
from .fitting import fit
from .model_settings import load_settings
from .starting_weights import load_starting_weights
from .train_geometry import GeometryTraining, select
from .train_orbit_surrogate import OrbitSurrogateTraining
from .train_skeleton import SkeletonTraining
from .train_structure_surrogate import StructureSurrogateTraining
from .training_callbacks import LossLog
from .training_data import training_data, without_predictions
from .training_settings import TrainingSettings

CARD = "card.yaml"
Module = GeometryTraining | SkeletonTraining | OrbitSurrogateTraining | StructureSurrogateTraining
MODULES: dict[str, type[Module]] = {
    "crystal-surrogate": StructureSurrogateTraining,
    "geometry": GeometryTraining,
    "skeleton": SkeletonTraining,
    "surrogate": OrbitSurrogateTraining,
}


def train_config(config: Path, out: Path, resume: bool = False, device: str = "auto") -> Path:
    """Trains the model of a settings file, or of the file of this name in the package; returns the weight file.

    Raises ``UserError`` for settings that cannot be read, and for a folder that holds a run unless it is resumed.
    """
    shipped = Path(str(files("electrolith") / "configs" / f"{config.stem}.yaml"))
    if not config.exists() and not shipped.exists():
        raise UserError(f"there is no settings file {config}.")
    if has_checkpoint(out) and not resume:
        raise UserError(f"{out} holds a run already: continue it (--resume) or name another folder.")
    settings = load_settings(config if config.exists() else shipped)
    return train(settings, out, resume, available_device(device) if device != "auto" else device)


def train(
    settings: TrainingSettings, out: Path, resume: bool = False, device: str = "auto",
    callbacks: Sequence[Callback] = (),
) -> Path:  # fmt: skip
    """Trains a model and returns its weight file; the resolved settings, losses and checkpoints lie beside it.

    With ``resume`` the run goes on from the last checkpoint in ``out`` and ends as if it had never been stopped.
    Threads and random state of the process are restored at the end. Raises ``UserError`` for weights to start from
    that do not fit, and for a data set that cannot be read.
    """
    with isolate_rng(), cpu_threads(settings.threads):
        torch.manual_seed(settings.seed)
        data = training_data(settings.data)
        if settings.model != "skeleton":
            data = without_predictions(data)
        crystals, held_out = (select(data, settings, SPLITS.index(name)) for name in ("train", "val"))
        module = MODULES[settings.model](cast("Any", settings), crystals, held_out)
        if settings.start:
            load_starting_weights(module, Path(settings.start), settings)
        begin = time.monotonic()
        trainer = fit(module, settings, out, resume, device, [LossLog(), *callbacks])
        hours = (time.monotonic() - begin) / 3600
    weights = out / f"{settings.model}.safetensors"
    save_weights(module.model, weights, asdict(settings.size), SHIPPED.names)
    _write_card(settings, out / CARD, len(crystals), trainer, hours, device)
    return weights


def _write_card(
    settings: TrainingSettings, path: Path, crystals: int, trainer: lightning.Trainer, hours: float, device: str
) -> None:
    """Settings, losses and time of a run; the losses of a run that had ended stay as they were."""
    losses = {k: round(float(v), 4) for k, v in trainer.callback_metrics.items()}
    if path.exists() and not any(name.startswith("train") for name in losses):
        earlier = YamlLines.of_mapping(path, "model: skeleton").values
        losses = (earlier.get("steps") == trainer.global_step and earlier.get("losses")) or losses
    threads = f"{platform.machine()}, {settings.threads} thread(s)"
    card = {
        "model": settings.model,
        "settings": write_record(settings),
        "crystals": crystals,
        "steps": trainer.global_step,
        "hours_of_this_run": round(hours, 2),
        "machine": threads if device == "cpu" else str(trainer.strategy.root_device),
        "losses": losses,
    }
    write_atomic(path, yaml_text(card).encode())
