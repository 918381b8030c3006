"""The skeleton model as a lightning module, with its data and augmentation."""

from __future__ import annotations

from functools import partial
from typing import cast

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..properties import SHIPPED, PropertySet
from ..skeleton.conditioning import Context, pack
from ..skeleton.skeleton_network import SkeletonNetwork
from ..symmetry.wyckoff_tables import wyckoff_tables
from .augmentation import equivalent_setting, given_composition
from .cost_batches import CostSampler, Indices
from .model_settings import SkeletonSettings
from .optimiser import OptimiserSettings, configure
from .resumable_loader import Batch, ResumableLoader
from .target_masking import hide, usual


class SkeletonTraining(lightning.LightningModule):
    """Trains a ``SkeletonNetwork`` by maximum likelihood."""

    def __init__(
        self, settings: SkeletonSettings, train: OrbitDataset, val: OrbitDataset, properties: PropertySet = SHIPPED
    ) -> None:
        super().__init__()
        self.properties = properties
        self.settings, self.train_data, self.val_data = settings, train, val
        self.model = SkeletonNetwork(settings.size, settings.dropout)

    def train_dataloader(self) -> DataLoader[int]:
        data = self.train_data
        return ResumableLoader(
            self._batches(data, self.settings.seed), len(data), partial(collate, data, properties=self.properties)
        )

    def val_dataloader(self) -> DataLoader[int]:
        data = self.val_data

        def collated(indices: list[int]) -> Batch:
            return collate(data, indices, np.random.default_rng([0, indices[0]]), self.properties)

        return DataLoader(Indices(len(data)), batch_sampler=self._batches(data, 0), collate_fn=collated)

    def _batches(self, data: OrbitDataset, seed: int) -> CostSampler:
        s = self.settings
        return CostSampler(np.diff(data.start) + 6, data.n_atoms, s.batch, s.large, s.large_every, seed)

    def training_step(self, batch: Batch, _: int) -> Tensor:
        return self._loss(batch, "train")

    def validation_step(self, batch: Batch, _: int) -> None:
        self._loss(batch, "val")

    def _loss(self, batch: Batch, stage: str) -> Tensor:
        kind, elements, counts, targets, skeleton = batch
        context = Context(kind, elements, counts, self.shown(targets, stage))
        losses = negative_log_likelihood(self.model, context, skeleton)
        n = len(skeleton)
        names = ("atoms", "group", "position", "element")
        total = cast("Tensor", sum(losses.unbind(1)))
        values = {f"{stage}_{name}": losses[:, k].mean() for k, name in enumerate(names)}
        self.log_dict(values | {f"{stage}_loss": total.mean()}, batch_size=n, on_step=False, on_epoch=True)
        return total.mean()

    def shown(self, targets: Tensor, stage: str) -> Tensor:
        """The targets (B, p) that the model is told, NaN where it is not."""
        return hide(targets) if stage == "train" else usual(targets)

    def configure_optimizers(self) -> OptimiserSettings:
        return configure(self.model, self.settings)


def negative_log_likelihood(model: SkeletonNetwork, context: Context, skeleton: Tensor) -> Tensor:
    """Nats (B, 4) of number of atoms, space group, positions and elements.

    ``skeleton`` (B, 2 + 3 k): atoms, space group, then position, element and atoms left of each orbit; −1 pads.
    """
    atoms, group = skeleton[:, 0], skeleton[:, 1]
    position, element, left = skeleton[:, 2:].view(len(skeleton), -1, 3).unbind(2)
    real = position >= 0
    prefix, known = model.prefix(context)
    before = torch.cat([atoms[:, None], left[:, :-1].clamp(min=0)], 1)
    tokens = torch.cat(
        [
            prefix,
            model.start.expand(len(skeleton), 1, -1),
            model.atoms(atoms)[:, None],
            (model.space_group(group) + model.left(atoms))[:, None],
            model.orbits(position[:, :-1].clamp(min=0), element[:, :-1].clamp(min=0), before[:, 1:]),
        ],
        dim=1,
    )
    n, known_tokens = tokens.shape[1], prefix.shape[1]
    causal = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
    causal[:known_tokens, :known_tokens] = True
    valid = torch.cat([known, torch.ones(len(skeleton), n - known_tokens, dtype=torch.bool, device=tokens.device)], 1)
    mask = (causal[None] & valid[:, None]) | torch.eye(n, dtype=torch.bool, device=tokens.device)
    hidden, _ = model.run(tokens, mask)
    first, second, rest = hidden[:, known_tokens], hidden[:, known_tokens + 1], hidden[:, known_tokens + 2 :]
    letter = position - model.first_position[group][:, None]
    position_nll = cross_entropy(
        model.position_logits(rest, group).flatten(0, 1), letter.where(real, 0).flatten(), reduction="none"
    )
    element_nll = cross_entropy(
        model.element_logits(rest, position.clamp(min=0)).flatten(0, 1),
        element.clamp(min=1).flatten(),
        reduction="none",
    )
    columns = (
        cross_entropy(model.to_atoms(first), atoms, reduction="none"),
        cross_entropy(model.to_group(second), group, reduction="none"),
        (position_nll.view_as(position) * real).sum(1),
        (element_nll.view_as(position) * real).sum(1),
    )
    return torch.stack(columns, 1)


def collate(
    data: OrbitDataset, indices: list[int], rng: np.random.Generator, properties: PropertySet = SHIPPED
) -> Batch:
    """The parts of a ``Context`` and padded skeletons of some crystals, each in a random equivalent setting."""
    tables = wyckoff_tables()
    longest = max(int(data.start[i + 1] - data.start[i]) for i in indices)
    skeleton = np.full((len(indices), 2 + 3 * longest), -1, dtype=np.int64)
    kinds, given = np.zeros(len(indices), dtype=np.int64), []
    for row, i in enumerate(indices):
        orbits = data[i]
        positions, elements = equivalent_setting(rng, orbits.space_group, orbits.positions, orbits.elements)
        sites = tables.op_count[positions]
        kinds[row], known = given_composition(rng, elements, sites)
        given.append(known)
        total = int(sites.sum())
        triples = np.stack([positions, elements, total - np.cumsum(sites)], axis=1)
        skeleton[row, :2] = total, orbits.space_group
        skeleton[row, 2 : 2 + triples.size] = triples.ravel()
    targets = properties.normalise(data.properties[np.array(indices)])
    context = pack(kinds, given, targets)
    return context.kind, context.elements, context.counts, context.targets, torch.from_numpy(skeleton)
