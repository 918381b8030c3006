"""Callbacks of a training: averaged weights, random numbers by step, and a log of losses."""

from __future__ import annotations

import time
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, EMAWeightAveraging


class AveragedWeights(EMAWeightAveraging):
    """Exponential moving average of the weights; the module holds it when training has ended.

    Buffers are constants and are not averaged: an average of equal integers is rounded down.
    """

    def on_fit_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Copies the average also if the run had ended before it was resumed: Lightning then skips ``on_train_end``."""
        self.on_train_end(trainer, pl_module)


class StepSeeds(Callback):
    """Seeds the random numbers of each step, so that a resumed run draws the same as an uninterrupted one."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(self, trainer: lightning.Trainer, *_: Any) -> None:
        torch.manual_seed(self.seed * 1_000_003 + trainer.global_step)


class LossLog(Callback):
    """Prints a line after each validation."""

    def __init__(self) -> None:
        self.begin = time.monotonic()

    def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        losses = {k: round(float(v), 4) for k, v in trainer.callback_metrics.items()}
        minutes = (time.monotonic() - self.begin) / 60
        print(f"{minutes:7.1f} min  step {trainer.global_step}  epoch {trainer.current_epoch}  {losses}", flush=True)
