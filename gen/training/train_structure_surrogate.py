"""The structure surrogate as a Lightning module, with its data."""

from __future__ import annotations

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..geometry.orbit_batch import OrbitBatch
from ..properties import SHIPPED
from ..surrogate.orbit_network import laplace_nll
from ..surrogate.structure_network import StructureNetwork
from ..symmetry.lattice import lattice_from_coordinates
from .cost_batches import CostSampler, Indices, longer_if_large
from .optimiser import OptimiserSettings, configure
from .resumable_loader import Batch, ResumableLoader
from .surrogate_settings import StructureSurrogateSettings
from .train_geometry import collate


class StructureSurrogateTraining(lightning.LightningModule):
    """Trains a ``StructureNetwork`` by maximum likelihood."""

    weights: Tensor

    def __init__(self, settings: StructureSurrogateSettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = StructureNetwork(settings.size, settings.dropout)
        weights = settings.weights(SHIPPED.names)
        self.register_buffer("weights", torch.tensor(weights), persistent=False)

    def train_dataloader(self) -> DataLoader[int]:
        data = self.train_data
        batches = self._batches(data, self.settings.seed, self.settings.large_every)
        return ResumableLoader(batches, len(data), lambda i, _: collate(data, i))

    def val_dataloader(self) -> DataLoader[int]:
        data = self.val_data
        return DataLoader(
            Indices(len(data)), batch_sampler=self._batches(data, 0, 1), collate_fn=lambda i: collate(data, i)
        )

    def _batches(self, data: OrbitDataset, seed: int, large_every: int) -> CostSampler:
        s = self.settings
        rare = np.isfinite(data.property("bulk_modulus")) | np.isfinite(data.property("li_barrier"))
        atoms = np.where(rare, 0, data.n_atoms)  # crystals whose moduli or barriers are known come every epoch
        return CostSampler(np.diff(data.start), longer_if_large(atoms, s.large, large_every), s.batch, seed)

    def _found(self, batch: Batch) -> tuple[Tensor, Tensor]:
        space_group, owner, positions, elements, theta, lattice, _ = batch
        skeletons = OrbitBatch.of(space_group, owner, positions, elements)
        value, width = self.model(skeletons, theta, lattice_from_coordinates(lattice, space_group))
        return value, width

    def training_step(self, batch: Batch, _: int) -> Tensor:
        targets = batch[-1]
        value, width = self._found(batch)
        known = torch.isfinite(targets)
        loss = laplace_nll(value, width, targets.nan_to_num(0.0)) * known
        loss = (loss * self.weights).sum() / len(targets)
        self.log("train_loss", loss, batch_size=len(targets), on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Batch, _: int) -> None:
        targets = batch[-1]
        value, _width = self._found(batch)
        for k, p in enumerate(SHIPPED):
            known = torch.isfinite(targets[:, k])
            if self.weights[k] > 0 and known.any():
                error = (value[known, k] - targets[known, k]).abs().mean() * p.width
                self.log(f"val_{p.name}", error, batch_size=int(known.sum()), on_step=False, on_epoch=True)

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)
