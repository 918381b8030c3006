"""Fine-tuning of the skeleton model on custom properties: new columns of the layer that reads targets.

The other columns stay as they are. The new ones start at zero, where the model predicts as before, and learn faster.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.seed import isolate_rng
from torch import Tensor

from ..callbacks import ProgressCallback, StageCallback
from ..data.dataset import SPLITS, OrbitDataset
from ..errors import UserError
from ..properties import PropertySet
from ..skeleton.skeleton_network import SkeletonNetwork
from ..threads import cpu_threads
from ..weight_files import fill, load_weights, save_weights
from ..weight_folders import MODELS
from ..weight_header import scheme_of_weights
from .finetune_settings import FinetuneSettings
from .fitting import fit
from .model_settings import SkeletonSettings
from .optimiser import OptimiserSettings, rate
from .resumable_loader import Batch
from .train_skeleton import SkeletonTraining


def with_new_columns(weight: Tensor, new: int) -> Tensor:
    """The weight (d, 2 p) of a layer that reads p numbers and p flags, with ``new`` columns of zeros after each."""
    numbers, flags = weight.chunk(2, 1)
    zeros = weight.new_zeros(len(weight), new)
    return torch.cat([numbers, zeros, flags, zeros], 1)


class SkeletonFinetuning(SkeletonTraining):
    """Continues the training from the weights ``state``; the last ``new`` of the ``properties`` are new."""

    def __init__(
        self, settings: SkeletonSettings, train: OrbitDataset, val: OrbitDataset, state: dict[str, Tensor],
        properties: PropertySet, new: int, shown: float = 0.5, speed_up: float = 10.0,
    ) -> None:  # fmt: skip
        super().__init__(settings, train, val, properties)
        self.shares = {"train": shown, "val": 1.0, "untold": 0.0}  # of crystals that show a new property, by stage
        self.speed_up, p = speed_up, len(properties)
        self.model = SkeletonNetwork(settings.size, settings.dropout, tuple(range(p)))
        wider = with_new_columns(state["target.weight"], new)
        fill(self.model, state | {"target.weight": wider}, Path(MODELS[0]))
        self.new = tuple(range(p - new, p))
        is_new = torch.arange(2 * p) % p >= p - new
        self.model.target.weight.register_hook(lambda gradient: gradient * is_new.to(gradient))

    def shown(self, targets: Tensor, stage: str) -> Tensor:
        """The targets that the network sees: as in ``SkeletonTraining``, and each new one in a share of the crystals.

        Validation shows the new ones in all crystals and, for comparison, in none (the stage ``untold``).
        """
        others, new = targets.clone(), list(self.new)
        others[:, new] = torch.nan
        out = super().shown(others, stage)
        show = torch.rand(len(targets), len(new), device=targets.device) < self.shares[stage]
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
            {"params": [new_columns], "weight_decay": 0.0, "lr": self.speed_up * s.learning_rate},
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


def finetune_skeleton(
    settings: FinetuneSettings, source: Path, work: Path, labels: OrbitDataset, properties: PropertySet, new: int,
    watch: StageCallback,
) -> dict[str, float]:  # fmt: skip
    """Writes the skeleton model to ``work``; its losses in nats, with the new properties given and not given."""
    state, size = load_weights(source / MODELS[0])
    if "target.weight" not in state:
        raise UserError(f"the weight file {source / MODELS[0]} holds another model: it reads no targets.")
    target, scheme = work / MODELS[0], scheme_of_weights(source / MODELS[0])
    if not settings.steps:
        wider = with_new_columns(state["target.weight"], new)
        save_weights(state | {"target.weight": wider}, target, size, properties.names, scheme)
        return {}
    schedule = settings.skeleton_settings(size)
    fitting = labels.take(labels.n_atoms <= schedule.size.atoms)
    train, val = (fitting.take(fitting.split == SPLITS.index(name)) for name in ("train", "val"))
    callbacks = [StepReporter(lambda done, of: watch("training", done, of), settings.steps)]
    with isolate_rng(), cpu_threads(settings.threads):
        torch.manual_seed(settings.seed)
        shown, speed_up = settings.skeleton.shown, settings.skeleton.speed_up
        module = SkeletonFinetuning(schedule, train, val, state, properties, new, shown, speed_up)
        trainer = fit(module, schedule, work / "skeleton", True, "cpu", callbacks)
    save_weights(module.model, target, size, properties.names, scheme)
    return {k: round(float(v), 4) for k, v in trainer.callback_metrics.items() if k.endswith("loss")}
