"""One training run, from settings to a weight file: ``electrolith train CONFIG``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.seed import isolate_rng

from ..data.dataset import SPLITS
from ..data.energy_scheme import learnt_scheme
from ..devices import available_device
from ..errors import UserError
from ..properties import SHIPPED
from ..threads import cpu_threads
from ..weight_files import save_weights
from .checkpoint_files import has_checkpoint
from .fitting import fit
from .model_settings import load_settings
from .starting_weights import load_starting_weights
from .train_geometry import GeometryTraining, select
from .train_orbit_surrogate import OrbitSurrogateTraining
from .train_skeleton import SkeletonTraining
from .train_structure_surrogate import StructureSurrogateTraining
from .training_callbacks import LossLog
from .training_card import CARD, begin_card, check_same_training, finish_card
from .training_data import training_data, without_predictions
from .training_settings import TrainingSettings

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

    With ``resume`` the run goes on from the last checkpoint in ``out`` and ends as if it had never been stopped; only
    ``steps``, ``save_every``, ``threads`` and the device may differ. Threads and random state of the process are
    restored at the end. Raises ``UserError`` for other settings than those of the run to resume, for weights to start
    from that do not fit, and for a data set that cannot be read.
    """
    if resume:
        check_same_training(settings, out / CARD)
    with isolate_rng(), cpu_threads(settings.threads):
        torch.manual_seed(settings.seed)
        data = training_data(settings.data)
        if settings.model != "skeleton":
            data = without_predictions(data)
        crystals, held_out = (select(data, settings, SPLITS.index(name)) for name in ("train", "val"))
        module = MODULES[settings.model](cast("Any", settings), crystals, held_out)
        if settings.start:
            load_starting_weights(module, Path(settings.start), settings)
        begin_card(settings, out / CARD)
        begin = time.monotonic()
        trainer = fit(module, settings, out, resume, device, [LossLog(), *callbacks])
        hours = (time.monotonic() - begin) / 3600
    weights = out / f"{settings.model}.safetensors"
    save_weights(module.model, weights, asdict(settings.size), SHIPPED.names, learnt_scheme(settings.data))
    finish_card(settings, out / CARD, len(crystals), trainer, hours, device)
    return weights
