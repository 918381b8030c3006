"""The crystal surrogate as a lightning module, with its data."""

from __future__ import annotations

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..geometry.network_size import NetworkSize
from ..geometry.orbit_batch import OrbitBatch
from ..properties import SHIPPED
from ..surrogate.orbit_network import laplace_nll
from ..surrogate.structure_network import StructureNetwork
from ..symmetry.lattice import lattice_from_coordinates
from .cost_batches import CostSampler, Indices
from .optimiser import OptimiserSettings, configure
from .train_geometry import Batch, collate
from .training_settings import TrainingSettings

# what a property counts where it is known: moduli and barriers are known of few crystals
WEIGHTS = {
    "formation_energy_per_atom": 1.0, "energy_above_hull": 0.3, "band_gap": 0.3, "density": 0.0,
    "bulk_modulus": 1.0, "shear_modulus": 1.0, "li_barrier": 0.7, "li_barrier_1d": 0.7, "li_barrier_2d": 0.3,
    "ionic_conductivity": 0.2,
}  # fmt: skip


class CrystalSurrogateTraining(lightning.LightningModule):
    """Trains a ``StructureNetwork`` by maximum likelihood."""

    weights: Tensor

    def __init__(self, settings: TrainingSettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = StructureNetwork(NetworkSize(**{k: int(v) for k, v in settings.size.items()}), settings.dropout)
        self.register_buffer("weights", torch.tensor([WEIGHTS[p.name] for p in SHIPPED]), persistent=False)

    def train_dataloader(self) -> DataLoader[int]:
        return self._loader(self.train_data, self.settings.seed, self.settings.large_every)

    def val_dataloader(self) -> DataLoader[int]:
        return self._loader(self.val_data, 0, 1)

    def _loader(self, data: OrbitDataset, seed: int, large_every: int) -> DataLoader[int]:
        s = self.settings
        rare = np.isfinite(data.property("bulk_modulus")) | np.isfinite(data.property("li_barrier"))
        atoms = np.where(rare, 0, data.n_atoms)  # crystals whose moduli or barriers are known come every epoch
        sampler = CostSampler(np.diff(data.start), atoms, s.batch, s.large, large_every, seed)
        return DataLoader(Indices(len(data)), batch_sampler=sampler, collate_fn=lambda i: collate(data, i))

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
