"""One training run, from settings to a weight file: ``electrolith train CONFIG``."""

from __future__ import annotations

import logging
import platform
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import lightning
import numpy as np
import torch
import yaml
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch.callbacks import Callback, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import nn

from ..data.dataset import SPLITS, OrbitDataset, reference_set
from ..errors import UserError
from ..properties import SHIPPED
from ..weight_files import load_weights, save_weights
from .train_geometry import GeometryTraining, select
from .train_orbit_surrogate import SurrogateTraining
from .train_skeleton import SkeletonTraining
from .train_structure_surrogate import CrystalSurrogateTraining
from .training_settings import TrainingSettings

Module = GeometryTraining | SkeletonTraining | SurrogateTraining | CrystalSurrogateTraining
MODULES: dict[str, type[Module]] = {
    "crystal-surrogate": CrystalSurrogateTraining,
    "geometry": GeometryTraining,
    "skeleton": SkeletonTraining,
    "surrogate": SurrogateTraining,
}


class Progress(Callback):
    """Writes a line to the log after each validation."""

    def __init__(self) -> None:
        self.begin = time.monotonic()

    def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        figures = {k: round(float(v), 4) for k, v in trainer.callback_metrics.items()}
        minutes = (time.monotonic() - self.begin) / 60
        print(f"{minutes:7.1f} min  step {trainer.global_step}  epoch {trainer.current_epoch}  {figures}", flush=True)


def train(settings: TrainingSettings, out: Path, resume: bool = False, device: str = "auto") -> Path:
    """Trains a model; returns the weight file. Checkpoints and a CSV of losses lie in ``out``.

    With ``resume`` the run goes on from the last checkpoint in ``out``, with the optimiser as it was.
    """
    if settings.model not in MODULES:
        raise UserError(f"no model is called {settings.model}; there are: {', '.join(MODULES)}")
    torch.set_num_threads(settings.threads)
    lightning.seed_everything(settings.seed, verbose=False)
    data = OrbitDataset.load(Path(settings.data)).with_columns(SHIPPED.names) if settings.data else reference_set()
    if settings.model != "skeleton":
        data = measured_or_computed(data)
    crystals, held_out = (select(data, settings, SPLITS.index(name)) for name in ("train", "val"))
    module = MODULES[settings.model](settings, crystals, held_out)
    if settings.start:
        _start_from(module, Path(settings.start), settings)
    begin = time.time()
    trainer = fitted(module, settings, out, resume, device, [Progress()])
    hours = (time.time() - begin) / 3600
    card = {
        "model": settings.model,
        "settings": vars(settings),
        "crystals": len(crystals),
        "steps": trainer.global_step,
        "hours_of_this_run": round(hours, 2),
        "machine": f"{platform.machine()}, {settings.threads} thread(s)"
        if device == "cpu"
        else str(trainer.strategy.root_device),
        "losses": {k: round(float(v), 4) for k, v in trainer.callback_metrics.items()},
    }
    (out / "card.yaml").write_text(yaml.safe_dump(card, sort_keys=False))
    target = out / f"{settings.model}.safetensors"
    save_weights(module.model, target, {k: int(v) for k, v in settings.size.items()}, SHIPPED.names)
    return target


def fitted(
    module: Module, settings: TrainingSettings, out: Path, resume: bool, device: str, watching: Sequence[Callback]
) -> lightning.Trainer:
    """Trains a module, whose weights are then the averaged ones; checkpoints and a CSV of losses lie in ``out``."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    out.mkdir(parents=True, exist_ok=True)
    last = out / "last.ckpt"
    keep = ModelCheckpoint(
        dirpath=out, every_n_train_steps=min(settings.validate_every, 500), save_last=True, save_top_k=1,
        enable_version_counter=False, filename="checkpoint",
    )  # fmt: skip
    trainer = lightning.Trainer(
        max_steps=settings.steps,
        accelerator="cpu" if device == "cpu" else "auto",
        devices=1,
        precision=cast("Any", settings.precision),
        gradient_clip_val=settings.gradient_clip,
        callbacks=[EMAWeightAveraging(decay=settings.ema), keep, *watching],
        logger=CSVLogger(out, name="losses"),
        val_check_interval=settings.validate_every,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        log_every_n_steps=100,
    )
    warnings.filterwarnings("ignore", category=PossibleUserWarning)  # few workers, short epochs, folders in use
    warnings.filterwarnings("ignore", message=".*(Checkpoint directory|mid-epoch|LeafSpec).*")
    trainer.fit(module, ckpt_path=str(last) if resume and last.exists() else None, weights_only=False)
    return trainer


def measured_or_computed(data: OrbitDataset) -> OrbitDataset:
    """The data set without surrogates' predictions: they teach which crystals to propose, never what crystals have."""
    return replace(data, properties=np.where(data.predicted, np.nan, data.properties))


def _start_from(module: Module, path: Path, settings: TrainingSettings) -> None:
    """A crystal surrogate may start from a geometry model: its trunk is one."""
    state, size = load_weights(path)
    if size != {k: int(v) for k, v in settings.size.items()}:
        raise UserError(f"{path} holds a network of {size}, the settings ask for {settings.size}")
    model: nn.Module = module.model
    if isinstance(module, CrystalSurrogateTraining) and any(key.startswith("network.") for key in state):
        model = module.model.trunk
        state = {k.removeprefix("network."): v for k, v in state.items() if k.startswith("network.")}
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise UserError(f"{path} does not fit the {settings.model} model: {error}") from error


def weights_of_checkpoint(checkpoint: Path, settings: TrainingSettings, target: Path) -> None:
    """Writes the averaged weights of a run that is still going as a weight file."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    model = {k.removeprefix("model."): v for k, v in state.items() if k.startswith("model.")}
    save_weights(model, target, {k: int(v) for k, v in settings.size.items()}, SHIPPED.names)
