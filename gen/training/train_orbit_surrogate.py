"""The orbit surrogate as a Lightning module, with its data: crystals by their orbits, and known formulas."""

from __future__ import annotations

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset, reference_set
from ..data.known_compounds import hull_entries
from ..properties import SHIPPED
from ..surrogate.orbit_inputs import OrbitInputs
from ..surrogate.orbit_network import OrbitNetwork, laplace_nll
from .cost_batches import CostSampler, Indices, longer_if_large
from .optimiser import OptimiserSettings, configure
from .orbit_training_set import OrbitTrainingSet, new_formulas
from .resumable_loader import Batch, ResumableLoader
from .surrogate_settings import OrbitSurrogateSettings


class OrbitSurrogateTraining(lightning.LightningModule):
    """Trains an ``OrbitNetwork`` by maximum likelihood, every member on the same batches."""

    weights: Tensor

    def __init__(self, settings: OrbitSurrogateSettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.val_data = settings, OrbitTrainingSet(val)
        if settings.formulas:
            self.train_data = OrbitTrainingSet(train, new_formulas(hull_entries(), reference_set()))
        else:
            self.train_data = OrbitTrainingSet(train)
        self.model = OrbitNetwork(settings.size, settings.dropout)
        weights = settings.weights(SHIPPED.names)
        self.register_buffer("weights", torch.tensor(weights), persistent=False)

    def train_dataloader(self) -> DataLoader[int]:
        data = self.train_data
        return ResumableLoader(self._batches(data, self.settings.seed), len(data), data.collate)

    def val_dataloader(self) -> DataLoader[int]:
        data = self.val_data
        return DataLoader(
            Indices(len(data)), batch_sampler=self._batches(data, 0), collate_fn=lambda i: data.collate(i, None)
        )

    def _batches(self, data: OrbitTrainingSet, seed: int) -> CostSampler:
        s, orbits = self.settings, data.orbits
        return CostSampler(orbits + 1, longer_if_large(orbits, s.large, s.large_every), s.batch, seed)

    def training_step(self, batch: Batch, _: int) -> Tensor:
        inputs, targets = OrbitInputs(*batch[:5]), batch[5]
        hidden = torch.rand(len(targets), device=targets.device) < self.settings.composition_only
        value, width = self.model(inputs.without_structure(hidden))
        known = torch.isfinite(targets)
        loss = laplace_nll(value, width, targets.nan_to_num(0.0)) * known
        loss = (loss * self.weights).sum() / (known * self.weights).sum() / len(value)
        self.log("train_loss", loss, batch_size=len(targets), on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Batch, _: int) -> None:
        targets = batch[5]
        value, _width = self.model.summary(OrbitInputs(*batch[:5]))
        for k, p in enumerate(SHIPPED):
            known = torch.isfinite(targets[:, k])
            if known.any():
                error = (value[known, k] - targets[known, k]).abs().mean() * p.width
                self.log(f"val_{p.name}", error, batch_size=int(known.sum()), on_step=False, on_epoch=True)

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)
