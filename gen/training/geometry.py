"""The geometry model as a lightning module, with its data."""

from __future__ import annotations

import lightning
import numpy as np
import torch
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..geometry.fit import fit_process
from ..geometry.model import GeometryModel
from ..geometry.network import MAX_ELEMENT, NetworkSize
from ..geometry.process import Geometry
from ..geometry.skeletons import Skeletons
from ..properties import normalise
from .batches import CostSampler, Indices, random_times
from .optimiser import OptimiserSettings, configure
from .settings import TrainingSettings


def select(data: OrbitDataset, settings: TrainingSettings, split: int) -> OrbitDataset:
    """The crystals of a split that a run's settings ask for."""
    stable = data.property("energy_above_hull") <= settings.max_energy_above_hull
    heaviest = np.zeros(len(data), dtype=np.int64)
    np.maximum.at(heaviest, data.owner, data.elements)
    return data.take((data.split == split) & (data.n_atoms <= settings.max_atoms) & stable & (heaviest <= MAX_ELEMENT))


Batch = tuple[torch.Tensor, ...]


class GeometryTraining(lightning.LightningModule):
    """Trains a ``GeometryModel`` by denoising."""

    def __init__(self, settings: TrainingSettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = GeometryModel(NetworkSize(**{k: int(v) for k, v in settings.size.items()}))
        fit_process(self.model.process, train)

    def train_dataloader(self) -> DataLoader[int]:
        return self._loader(self.train_data, self.settings.seed)

    def val_dataloader(self) -> DataLoader[int]:
        return self._loader(self.val_data, 0)

    def _loader(self, data: OrbitDataset, seed: int) -> DataLoader[int]:
        s = self.settings
        sampler = CostSampler(np.diff(data.start), data.n_atoms, s.batch, s.large, s.large_every, seed)
        return DataLoader(Indices(len(data)), batch_sampler=sampler, collate_fn=lambda i: collate(data, i))

    def training_step(self, batch: Batch, _: int) -> torch.Tensor:
        return self._loss(batch, "train", None)

    def validation_step(self, batch: Batch, index: int) -> None:
        self._loss(batch, "val", torch.Generator().manual_seed(index))

    def _loss(self, batch: Batch, stage: str, generator: torch.Generator | None) -> torch.Tensor:
        space_group, owner, positions, elements, theta, lattice, targets = batch
        skeletons = Skeletons.of(space_group, owner, positions, elements)
        clean = Geometry(theta, self.model.process.standardise(skeletons, lattice))
        n = len(space_group)
        targets = hide(targets) if stage == "train" else usual(targets)
        t = random_times(n, generator).to(theta.device)
        loss = self.model.loss(skeletons, clean, t, targets)
        values = {f"{stage}_sites": loss.sites, f"{stage}_cell": loss.cell, f"{stage}_loss": loss.total}
        self.log_dict(values, batch_size=n, on_step=False, on_epoch=True)
        return loss.total

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)


def hide(targets: torch.Tensor) -> torch.Tensor:
    """Hides part of the targets (B, p), so that any subset serves at sampling time.

    The hull distance, which sampling asks for unless told otherwise, is hidden in half of the crystals; of the other
    properties all are hidden in 40 %, all but one in 30 %, and in the rest a share that is uniform in [0, 1].
    """
    n, p = targets.shape
    known = torch.isfinite(targets)
    dice = torch.rand(n, p, device=targets.device) * known
    manner = torch.rand(n, 1, device=targets.device)
    one = dice[:, 1:] == dice[:, 1:].amax(1, keepdim=True)
    some = torch.rand(n, p - 1, device=targets.device) < torch.rand(n, 1, device=targets.device)
    others = torch.where(manner < 0.4, torch.zeros_like(one), torch.where(manner < 0.7, one, some))
    shown = torch.cat([torch.rand(n, 1, device=targets.device) < 0.5, others], 1)
    return torch.where(shown, targets, torch.nan)


def usual(targets: torch.Tensor) -> torch.Tensor:
    """Targets (B, p) of which only the hull distance is shown, as in sampling without targets; for validation."""
    shown = torch.zeros_like(targets, dtype=torch.bool)
    shown[:, 0] = True
    return torch.where(shown, targets, torch.nan)


def collate(data: OrbitDataset, indices: list[int]) -> Batch:
    """Tensors of some crystals of a data set."""
    part = data.take(np.array(indices))
    whole = (part.space_group, part.owner, part.positions, part.elements)
    real = (part.theta.astype(np.float32), part.lattice.astype(np.float32), normalise(part.properties))
    return (*(torch.from_numpy(x) for x in whole), *(torch.from_numpy(x) for x in real))
