"""Fine-tuning of the skeleton model on custom properties: new columns of the layer that reads targets.

The columns of the other properties stay as they are. The new ones start at zero, where the model predicts what it
predicted before, and learn faster than the rest.
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
from .train_skeleton import SkeletonTraining

SHOWN = {"train": 0.5, "val": 1.0, "untold": 0.0}  # share of crystals that show a new property, by stage
SPEED_UP = 10.0  # learning rate of the new columns, in that of the rest


def with_new_columns(weight: Tensor, new: int) -> Tensor:
    """The weight (d, 2 p) of a layer that reads p numbers and p flags, with ``new`` columns of zeros after each."""
    numbers, flags = weight.chunk(2, 1)
    zeros = weight.new_zeros(len(weight), new)
    return torch.cat([numbers, zeros, flags, zeros], 1)


class SkeletonFinetuning(SkeletonTraining):
    """Trains on from the weights ``state``; the last ``new`` of the ``properties`` are new."""

    def __init__(
        self, settings: SkeletonSettings, train: OrbitDataset, val: OrbitDataset, state: dict[str, Tensor],
        properties: PropertySet, new: int,
    ) -> None:  # fmt: skip
        super().__init__(settings, train, val, properties)
        p = len(properties)
        self.model = SkeletonNetwork(settings.size, settings.dropout, tuple(range(p)))
        self.model.load_state_dict(state | {"target.weight": with_new_columns(state["target.weight"], new)})
        self.new = tuple(range(p - new, p))
        is_new = torch.arange(2 * p) % p >= p - new
        self.model.target.weight.register_hook(lambda gradient: gradient * is_new.to(gradient))

    def shown(self, targets: Tensor, stage: str) -> Tensor:
        """The other properties as in ``SkeletonTraining``; each new one in the share ``SHOWN`` of the crystals.

        Validation shows the new ones in all crystals and, for comparison, in none (the stage ``untold``).
        """
        others, new = targets.clone(), list(self.new)
        others[:, new] = torch.nan
        out = super().shown(others, stage)
        show = torch.rand(len(targets), len(new), device=targets.device) < SHOWN[stage]
        out[:, new] = torch.where(show, targets[:, new], torch.nan)
        return out

    def validation_step(self, batch: Batch, _: int) -> None:
        self._loss(batch, "val")
        self._loss(batch, "untold")

    def configure_optimizers(self) -> OptimiserSettings:
        s, new_columns = self.settings, self.model.target.weight
        others = [p for p in self.model.parameters() if p is not new_columns]
        groups: list[dict[str, Any]] = [
            {"params": [p for p in others if p.ndim >= 2], "weight_decay": s.weight_decay},
            {"params": [p for p in others if p.ndim < 2], "weight_decay": 0.0},
            {"params": [new_columns], "weight_decay": 0.0, "lr": SPEED_UP * s.learning_rate},
        ]
        optimiser = torch.optim.AdamW(groups, lr=s.learning_rate, betas=s.betas)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, s))
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


class StepReporter(Callback):
    """Reports the number of finished steps and of all steps after each step."""

    def __init__(self, report: ProgressCallback, steps: int) -> None:
        self.report, self.steps = report, steps

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any, **__: Any) -> None:
        self.report(trainer.global_step, self.steps)
