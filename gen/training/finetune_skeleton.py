"""Teaches the skeleton model to lean towards properties of one's own: new columns of the layer that reads targets.

The columns that it had stay as they are; the new ones start at zero, where the model says what it said before, and
learn faster than the rest.
"""

from __future__ import annotations

from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from ..callbacks import ProgressCallback
from ..data.dataset import OrbitDataset
from ..properties import PropertySet
from ..skeleton.skeleton_network import SkeletonNetwork
from .model_settings import SkeletonSettings
from .optimiser import OptimiserSettings, rate
from .resumable_loader import Batch
from .target_masking import hide, usual
from .train_skeleton import SkeletonTraining

CHANCES = {"train": 0.5, "val": 1.0, "untold": 0.0}  # that a crystal's own property is told
FASTER = 10.0  # times that the new columns learn faster


def widened(weight: Tensor, new: int) -> Tensor:
    """The weight (d, 2 p) of a layer that reads p numbers and p flags, with ``new`` columns of zeros after each."""
    numbers, flags = weight.chunk(2, 1)
    zeros = weight.new_zeros(len(weight), new)
    return torch.cat([numbers, zeros, flags, zeros], 1)


class SkeletonFinetuning(SkeletonTraining):
    """Trains on from ``state``; the last ``new`` of the ``properties`` are new."""

    def __init__(
        self, settings: SkeletonSettings, train: OrbitDataset, val: OrbitDataset, state: dict[str, Tensor],
        properties: PropertySet, new: int,
    ) -> None:  # fmt: skip
        super().__init__(settings, train, val, properties)
        p = len(properties)
        self.model = SkeletonNetwork(settings.size, settings.dropout, tuple(range(p)))
        self.model.load_state_dict(state | {"target.weight": widened(state["target.weight"], new)})
        self.new = tuple(range(p - new, p))
        is_new = torch.arange(2 * p) % p >= p - new
        self.model.target.weight.register_hook(lambda gradient: gradient * is_new.to(gradient))

    def shown(self, targets: Tensor, stage: str) -> Tensor:
        """As for the other models, and each new property in half of the crystals; in validation in all or, for
        comparison, in none.
        """
        old, new = targets.clone(), list(self.new)
        old[:, new] = torch.nan
        out = hide(old) if stage == "train" else usual(old)
        told = torch.rand(len(targets), len(new), device=targets.device) < CHANCES[stage]
        out[:, new] = torch.where(told, targets[:, new], torch.nan)
        return out

    def validation_step(self, batch: Batch, _: int) -> None:
        self._loss(batch, "val")
        self._loss(batch, "untold")

    def configure_optimizers(self) -> OptimiserSettings:
        s, fast = self.settings, self.model.target.weight
        others = [p for p in self.model.parameters() if p is not fast]
        groups: list[dict[str, Any]] = [
            {"params": [p for p in others if p.ndim >= 2], "weight_decay": s.weight_decay},
            {"params": [p for p in others if p.ndim < 2], "weight_decay": 0.0},
            {"params": [fast], "weight_decay": 0.0, "lr": FASTER * s.learning_rate},
        ]
        optimiser = torch.optim.AdamW(groups, lr=s.learning_rate, betas=s.betas)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, s))
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


class Told(Callback):
    """Tells how many of how many steps are done."""

    def __init__(self, watch: ProgressCallback, steps: int) -> None:
        self.watch, self.steps = watch, steps

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any, **__: Any) -> None:
        self.watch(trainer.global_step, self.steps)
