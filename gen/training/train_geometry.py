"""Training of the geometry model: a Lightning module with its data."""

from __future__ import annotations

import lightning
import numpy as np
import torch
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..elements import MAX_ELEMENT
from ..geometry.fit_standardisation import fit_standardisation
from ..geometry.geometry_model import GeometryModel
from ..geometry.orbit_batch import OrbitBatch
from ..geometry.standardisation import Geometry
from ..properties import SHIPPED
from .cost_batches import CostSampler, Indices
from .model_settings import GeometrySettings
from .optimiser import OptimiserSettings, configure
from .resumable_loader import Batch, ResumableLoader
from .target_masking import hide_targets, hull_distance_alone
from .training_settings import TrainingSettings


def select(data: OrbitDataset, settings: TrainingSettings, split: int) -> OrbitDataset:
    """Crystals of a split that meet the settings of a run."""
    stable = ~(data.property("energy_above_hull") > settings.max_energy_above_hull)  # an unknown energy is no fault
    known = data.heaviest <= MAX_ELEMENT
    return data.take((data.split == split) & (data.n_atoms <= settings.max_atoms) & stable & known)


class GeometryTraining(lightning.LightningModule):
    """Training of a ``GeometryModel`` by denoising."""

    def __init__(self, settings: GeometrySettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = GeometryModel(settings.size)
        fit_standardisation(self.model.standardisation, train)

    def train_dataloader(self) -> DataLoader[int]:
        data = self.train_data
        return ResumableLoader(self._batches(data, self.settings.seed), len(data), lambda i, _: collate(data, i))

    def val_dataloader(self) -> DataLoader[int]:
        data = self.val_data
        return DataLoader(
            Indices(len(data)), batch_sampler=self._batches(data, 0), collate_fn=lambda i: collate(data, i)
        )

    def _batches(self, data: OrbitDataset, seed: int) -> CostSampler:
        s = self.settings
        period = s.visits.of(data) if data is self.train_data else np.ones(len(data), dtype=np.int64)
        return CostSampler(np.diff(data.start), period, s.batch, seed)

    def training_step(self, batch: Batch, _: int) -> torch.Tensor:
        return self._loss(batch, "train", None)

    def validation_step(self, batch: Batch, index: int) -> None:
        self._loss(batch, "val", torch.Generator().manual_seed(index))

    def _loss(self, batch: Batch, stage: str, generator: torch.Generator | None) -> torch.Tensor:
        space_group, owner, positions, elements, theta, lattice, targets = batch
        skeletons = OrbitBatch.of(space_group, owner, positions, elements)
        clean = Geometry(theta, self.model.standardisation.standardise(skeletons, lattice))
        n = len(space_group)
        masking = self.settings.target_masking
        targets = hide_targets(targets, masking) if stage == "train" else hull_distance_alone(targets)
        t = self.settings.noise_times.draw(n, generator).to(theta.device)
        loss = self.model.loss(skeletons, clean, t, targets)
        values = {f"{stage}_sites": loss.sites, f"{stage}_cell": loss.cell, f"{stage}_loss": loss.total}
        self.log_dict(values, batch_size=n, on_step=False, on_epoch=True)
        return loss.total

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)


def collate(data: OrbitDataset, indices: list[int]) -> Batch:
    """Tensors of the crystals of a data set with these indices."""
    part = data.take(np.array(indices))
    whole = (part.space_group, part.owner, part.positions, part.elements)
    real = (part.theta.astype(np.float32), part.lattice.astype(np.float32), SHIPPED.normalise(part.properties))
    return (*(torch.from_numpy(x) for x in whole), *(torch.from_numpy(x) for x in real))
