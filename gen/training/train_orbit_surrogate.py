"""The surrogate as a lightning module, with its data: crystals by their orbits, and known formulas by composition."""

from __future__ import annotations

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from ..data.dataset import OrbitDataset
from ..data.known_compounds import HullEntries, hull_entries
from ..properties import SHIPPED
from ..surrogate.orbit_inputs import UNKNOWN_GROUP, UNKNOWN_POSITION, OrbitInputs
from ..surrogate.orbit_network import OrbitNetwork, SurrogateSize, laplace_nll
from ..symmetry.wyckoff_tables import wyckoff_tables
from .augmentation import equivalent_setting
from .cost_batches import CostSampler, Indices
from .optimiser import OptimiserSettings, configure
from .training_settings import TrainingSettings

# what a property counts: the energies decide what is built; few crystals have a barrier or moduli
WEIGHTS = {"formation_energy_per_atom": 2.0, "energy_above_hull": 0.5, "band_gap": 0.5}
OTHER_WEIGHT = 0.2
HIDDEN = 0.1  # share of crystals of which only the composition is shown in training

Batch = tuple[Tensor, ...]


class SurrogateTraining(lightning.LightningModule):
    """Trains a ``OrbitNetwork`` by maximum likelihood, every member on the same batches."""

    weights: Tensor

    def __init__(self, settings: TrainingSettings, train: OrbitDataset, val: OrbitDataset) -> None:
        super().__init__()
        self.settings, self.val_data = settings, val
        self.train_data = with_formulas(train, hull_entries())
        size = SurrogateSize(**{k: int(v) for k, v in settings.size.items()})
        self.model = OrbitNetwork(size, settings.dropout)
        weights = [WEIGHTS.get(p.name, OTHER_WEIGHT) for p in SHIPPED]
        self.register_buffer("weights", torch.tensor(weights), persistent=False)

    def train_dataloader(self) -> DataLoader[int]:
        return self._loader(self.train_data, self.settings.seed, augment=True)

    def val_dataloader(self) -> DataLoader[int]:
        return self._loader(self.val_data, 0, augment=False)

    def _loader(self, data: OrbitDataset, seed: int, augment: bool) -> DataLoader[int]:
        s = self.settings
        orbits = np.diff(data.start)
        sampler = CostSampler(orbits + 1, orbits, s.batch, s.large, s.large_every, seed)
        rng = np.random.default_rng(seed) if augment else None
        return DataLoader(
            Indices(len(data)), batch_sampler=sampler, collate_fn=lambda chosen: collate(data, chosen, rng)
        )

    def training_step(self, batch: Batch, _: int) -> Tensor:
        inputs, targets = OrbitInputs(*batch[:5]), batch[5]
        inputs = inputs.without_structure(torch.rand(len(targets), device=targets.device) < HIDDEN)
        known = torch.isfinite(targets)
        value, width = self.model(inputs)
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


def with_formulas(train: OrbitDataset, entries: HullEntries) -> OrbitDataset:
    """The training crystals, and besides them the known formulas that no crystal of the whole set has.

    A formula counts as a crystal without structure, whose formation energy is the lowest known. Formulas of crystals
    in any split are left out: those in training are there already, the others are to be predicted.
    """
    from ..data.dataset import reference_set

    held = set(_formulas(reference_set()))
    new = np.array([k for k in range(len(entries)) if _reduced(*_pairs(entries, k)) not in held], dtype=np.int64)
    counts = np.diff(entries.start)[new]
    flat = np.concatenate([np.arange(entries.start[k], entries.start[k + 1]) for k in new])
    properties = np.full((len(new), len(SHIPPED)), np.nan)
    properties[:, SHIPPED.column("formation_energy_per_atom")] = entries.energy[new]
    # a formula's counts stand where a crystal has its coordinates
    amounts = np.zeros((len(flat), 3))
    amounts[:, 0] = entries.count[flat]
    formulas = OrbitDataset(
        ids=np.full(len(new), "formula"),
        space_group=np.full(len(new), UNKNOWN_GROUP),
        start=np.concatenate([[0], np.cumsum(counts)]),
        positions=np.full(len(flat), UNKNOWN_POSITION),
        elements=entries.element[flat],
        theta=amounts,
        lattice=np.zeros((len(new), 6)),
        properties=properties,
        split=np.zeros(len(new), dtype=np.int64),
        predicted=np.zeros(properties.shape, dtype=bool),
    )
    return OrbitDataset.joined([train, formulas])


def collate(data: OrbitDataset, chosen: list[int], rng: np.random.Generator | None) -> Batch:
    """Fields of ``OrbitInputs`` and normalised targets; with ``rng`` each crystal in a random equivalent setting."""
    skeletons, formulas, order = [], [], []
    for i in chosen:
        part = slice(data.start[i], data.start[i + 1])
        group, positions, elements = int(data.space_group[i]), data.positions[part], data.elements[part]
        if group == UNKNOWN_GROUP:
            formulas.append(dict(zip(elements.tolist(), data.theta[part, 0].tolist(), strict=True)))
            continue
        if rng is not None:
            positions, elements = equivalent_setting(rng, group, positions, elements)
        skeletons.append((group, positions, elements))
        order.append(i)
    order += [i for i in chosen if data.space_group[i] == UNKNOWN_GROUP]
    parts = [OrbitInputs.of_skeletons(skeletons), OrbitInputs.of_compositions(formulas)]
    targets = torch.from_numpy(SHIPPED.normalise(data.properties[np.array(order)]))
    longest = max(p.position.shape[1] for p in parts)
    fills = (None, None, UNKNOWN_POSITION, 0, 0.0)
    fields = ("space_group", "n_atoms", "position", "element", "fraction")
    joined = [
        torch.cat([_widened(getattr(p, name), longest, fill) for p in parts])
        for name, fill in zip(fields, fills, strict=True)
    ]
    return (*joined, targets)


def _widened(x: Tensor, width: int, fill: float | None) -> Tensor:
    if fill is None:
        return x
    return torch.nn.functional.pad(x, (0, width - x.shape[1]), value=fill)


def _pairs(entries: HullEntries, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    part = slice(entries.start[k], entries.start[k + 1])
    return entries.element[part], entries.count[part]


def _reduced(elements: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    order = np.argsort(elements)
    divisor = int(np.gcd.reduce(counts))
    return tuple((int(elements[k]), int(counts[k]) // divisor) for k in order)


def _formulas(data: OrbitDataset) -> list[tuple[tuple[int, int], ...]]:
    sites = wyckoff_tables().op_count[data.positions]
    out = []
    for i in range(len(data)):
        part = slice(data.start[i], data.start[i + 1])
        elements, index = np.unique(data.elements[part], return_inverse=True)
        out.append(_reduced(elements, np.bincount(index, weights=sites[part]).astype(np.int64)))
    return out
