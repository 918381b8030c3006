"""Training of the skeleton model: maximum likelihood, with random settings and random conditions of each crystal."""

from __future__ import annotations

from functools import partial
from typing import cast

import lightning
import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..properties import SHIPPED, PropertySet
from ..skeleton.conditioning import Context, pack
from ..skeleton.decoder import log_prob
from ..skeleton.skeleton import SkeletonBatch
from ..skeleton.skeleton_network import SkeletonNetwork
from ..symmetry.wyckoff_tables import wyckoff_tables
from .augmentation import CompositionShares, equivalent_setting, given_composition
from .cost_batches import CostSampler, Indices, longer_if_large
from .model_settings import SkeletonSettings
from .optimiser import OptimiserSettings, configure
from .resumable_loader import Batch, Collate, ResumableLoader
from .target_masking import hide_targets, hull_distance_alone

CONTEXT = 4  # tensors of a ``Context`` in a batch; those of a ``SkeletonBatch`` follow
OTHER_TOKENS = 6  # tokens of a sequence besides the orbits, about
PARTS = ("atoms", "group", "position", "element")


class SkeletonTraining(lightning.LightningModule):
    """Trains a ``SkeletonNetwork`` by maximum likelihood."""

    def __init__(
        self, settings: SkeletonSettings, train: OrbitDataset, val: OrbitDataset, properties: PropertySet = SHIPPED
    ) -> None:
        super().__init__()
        self.properties = properties
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = SkeletonNetwork(settings.size, settings.dropout, own_hidden=settings.regularisation.own_hidden)

    def train_dataloader(self) -> DataLoader[int]:
        data = self.train_data
        return ResumableLoader(self._batches(data, self.settings.seed), len(data), self._collate(data))

    def val_dataloader(self) -> DataLoader[int]:
        data, collated = self.val_data, self._collate(self.val_data)
        return DataLoader(
            Indices(len(data)),
            batch_sampler=self._batches(data, 0),
            collate_fn=lambda indices: collated(indices, np.random.default_rng([0, indices[0]])),
        )

    def _batches(self, data: OrbitDataset, seed: int) -> CostSampler:
        s = self.settings
        return CostSampler(
            np.diff(data.start) + OTHER_TOKENS, longer_if_large(data.n_atoms, s.large, s.large_every), s.batch, seed
        )

    def _collate(self, data: OrbitDataset) -> Collate:
        return partial(collate, data, shares=self.settings.given_composition, properties=self.properties)

    def training_step(self, batch: Batch, _: int) -> Tensor:
        return self._loss(batch, "train")

    def validation_step(self, batch: Batch, _: int) -> None:
        self._loss(batch, "val")

    def _loss(self, batch: Batch, stage: str) -> Tensor:
        """Mean −log p of a batch in nats; logs its parts under the name of the stage."""
        kind, elements, counts, targets = batch[:CONTEXT]
        context = Context(kind, elements, counts, self.shown(targets, stage))
        orbits_hidden = self.settings.regularisation.orbits_hidden if stage == "train" else 0.0
        losses = -log_prob(self.model, SkeletonBatch(*batch[CONTEXT:]), context, orbits_hidden=orbits_hidden)
        total = cast("Tensor", sum(losses.unbind(1)))
        values = {f"{stage}_{name}": losses[:, k].mean() for k, name in enumerate(PARTS)}
        self.log_dict(values | {f"{stage}_loss": total.mean()}, batch_size=len(losses), on_step=False, on_epoch=True)
        return total.mean()

    def shown(self, targets: Tensor, stage: str) -> Tensor:
        """The targets (B, p) that the network sees in a stage, NaN where hidden."""
        return hide_targets(targets, self.settings.target_masking) if stage == "train" else hull_distance_alone(targets)

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)


def collate(
    data: OrbitDataset,
    indices: list[int],
    rng: np.random.Generator,
    shares: CompositionShares,
    properties: PropertySet = SHIPPED,
) -> Batch:
    """A ``Context`` and a ``SkeletonBatch``, as tensors, of some crystals, each in a random equivalent setting."""
    tables = wyckoff_tables()
    kinds, given = np.zeros(len(indices), dtype=np.int64), []
    skeletons = []
    for row, i in enumerate(indices):
        orbits = data[i]
        positions, elements = equivalent_setting(rng, orbits.space_group, orbits.positions, orbits.elements)
        kinds[row], composition = given_composition(rng, elements, tables.op_count[positions], shares)
        given.append(composition)
        skeletons.append((orbits.space_group, positions, elements))
    context = pack(kinds, given, properties.normalise(data.properties[np.array(indices)]))
    return (*context.tensors(), *SkeletonBatch.of(skeletons).tensors())
