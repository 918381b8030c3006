"""Lightning's trainer for every model: averaged weights, checkpoints, random numbers by step, and a log of losses."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import lightning
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import Tensor

from .checkpoint_files import FIRST, WholeCheckpoints, latest_checkpoint
from .training_callbacks import AveragedWeights, StepSeeds
from .training_settings import TrainingSettings

LOGGERS = ("lightning.pytorch", "lightning.fabric")


def fit(
    module: lightning.LightningModule, settings: TrainingSettings, out: Path, resume: bool, device: str,
    callbacks: Sequence[Callback] = (),
) -> lightning.Trainer:  # fmt: skip
    """Trains a module, which then holds the averaged weights; checkpoints and a CSV of losses lie in ``out``.

    With ``resume`` the run goes on from the last whole checkpoint in ``out``, where there is one: weights, their
    average, optimiser, batches and random numbers are as in a run that was never stopped. The trainer's metrics hold
    the losses of the last validation, also if the run had ended before. Raises ``UserError`` for checkpoints that are
    damaged or belong to another model.
    """
    out.mkdir(parents=True, exist_ok=True)
    checkpoints = ModelCheckpoint(
        dirpath=out, every_n_train_steps=min(settings.validate_every, settings.save_every), save_last=True,
        save_top_k=1, enable_version_counter=False, filename=FIRST,
    )  # fmt: skip
    with _quiet():
        trainer = lightning.Trainer(
            max_steps=settings.steps,
            accelerator="cpu" if device == "cpu" else "auto",
            devices=1,
            precision=cast("Any", settings.precision),
            gradient_clip_val=settings.gradient_clip,
            callbacks=[
                AveragedWeights(decay=settings.ema, use_buffers=False),
                checkpoints,
                StepSeeds(settings.seed),
                *callbacks,
            ],
            logger=CSVLogger(out, name="losses"),
            plugins=[WholeCheckpoints()],
            val_check_interval=settings.validate_every,
            check_val_every_n_epoch=None,
            num_sanity_val_steps=0,
            enable_progress_bar=False,
            enable_model_summary=False,
            use_distributed_sampler=False,
            log_every_n_steps=100,
        )
        last = latest_checkpoint(out, module.state_dict()) if resume else None
        trainer.fit(module, ckpt_path=None if last is None else str(last), weights_only=True)
        if not any(name.startswith("val") for name in trainer.callback_metrics):
            trainer.callback_metrics.update(_validated(module, settings, device))
    return trainer


def _validated(module: lightning.LightningModule, settings: TrainingSettings, device: str) -> dict[str, Tensor]:
    """The losses of the averaged weights, for a run that was stopped between its last step and their validation."""
    trainer = lightning.Trainer(
        accelerator="cpu" if device == "cpu" else "auto", devices=1, precision=cast("Any", settings.precision),
        logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        use_distributed_sampler=False,
    )  # fmt: skip
    trainer.validate(module, verbose=False)
    return dict(trainer.callback_metrics)


@contextmanager
def _quiet() -> Iterator[None]:
    """Hides Lightning's remarks on few workers, short epochs and folders in use."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=PossibleUserWarning)
            warnings.filterwarnings("ignore", message=".*(Checkpoint directory|mid-epoch|LeafSpec).*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
