"""AdamW with a warm-up, a plateau and a linear fall of the learning rate; a later run can prolong the plateau."""

from __future__ import annotations

import torch
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import nn

from .training_settings import TrainingSettings

OptimiserSettings = OptimizerLRSchedulerConfig


def rate(step: int, settings: TrainingSettings) -> float:
    """Learning rate at a step as a share of the highest."""
    rise = (step + 1) / max(settings.warmup, 1)
    fall = (settings.steps - step) / max(settings.decay, 1)
    return max(0.0, min(1.0, rise, fall))


def configure(model: nn.Module, settings: TrainingSettings) -> OptimiserSettings:
    """Optimiser and schedule in Lightning's form; biases and norms do not decay."""
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    others = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate, betas=settings.betas)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, settings))
    return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
