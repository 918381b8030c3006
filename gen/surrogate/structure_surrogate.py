"""Predicts properties of crystals from their geometry and from their orbits, with spreads that were measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..custom_properties import columns_in
from ..geometry.network_size import NetworkSize
from ..geometry.orbit_batch import OrbitBatch
from ..properties import PROPERTIES, PROPERTY_NAMES, Property
from ..symmetry.lattice import lattice_from_coordinates
from ..symmetry.orbits import Orbits
from ..symmetry.wyckoff_tables import wyckoff_tables
from ..weight_files import load_weights
from .model_card import NAME as CARD
from .model_card import Card, load_card
from .orbit_inputs import OrbitInputs
from .orbit_surrogate import NAME, SHIPPED, OrbitSurrogate, Predictions, in_columns
from .structure_network import StructureNetwork

FILES = "crystal-surrogate*.safetensors"
ORBITS = 2000  # in a batch
GRAMS = 1.66053907  # g/cm³ of one atomic mass unit in one Å³


class StructureSurrogate:
    """Crystal networks and the surrogate on orbits, mixed in the shares that did best on the validation set.

    The energy above the hull is predicted as such: on held-out crystals, hypothetical ones among them, that orders
    them better than the predicted formation energy over the known hull does.
    """

    def __init__(self, networks: Sequence[StructureNetwork], skeletons: OrbitSurrogate, card: Card | None) -> None:
        self.networks, self.skeletons, self.card = [n.eval() for n in networks], skeletons, card

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> StructureSurrogate:
        """From a folder of weights; raises ``UserError`` if they are missing or damaged."""
        networks = []
        for path in sorted(folder.glob(FILES)) or [folder / FILES.replace("*", "")]:
            state, size = load_weights(path)
            own = len(state.get("own.log_width", ()))
            columns = columns_in(folder, len(state["read.6.bias"]) // 2 + own)
            network = StructureNetwork(NetworkSize(**size), columns=columns, own=own)
            network.load_state_dict(state)
            networks.append(network)
        return cls(networks, OrbitSurrogate.load(folder / NAME), load_card(folder))

    @property
    def columns(self) -> tuple[int, ...]:
        """Of ``PROPERTIES``, those that it predicts."""
        return self.networks[0].columns

    @property
    def properties(self) -> list[Property]:
        """What it predicts."""
        return [PROPERTIES[k] for k in self.columns]

    def predict(self, orbits: Sequence[Orbits]) -> Predictions:
        """All properties of n crystals, NaN for those it does not know; the density is computed."""
        value, variance = self.normalised(orbits)
        base, spread = self.skeletons.normalised(
            OrbitInputs.of_skeletons((o.space_group, o.positions, o.elements) for o in orbits)
        )
        if self.card is not None:
            share, scale = self.card.shares(), self.card.scales()
            variance = (share * np.sqrt(variance) + (1 - share) * spread) ** 2 * scale**2
            value = share * value + (1 - share) * base
        values = np.stack([p.restore(value[:, k]) for k, p in enumerate(PROPERTIES)], 1)
        spreads = np.sqrt(variance) * np.array([p.width for p in PROPERTIES])
        found = Predictions(values, spreads)
        density = PROPERTY_NAMES.index("density")
        values[:, density] = [_density(o) for o in orbits]
        spreads[:, density] = 0.0
        return found

    @torch.no_grad()
    def normalised(self, orbits: Sequence[Orbits]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and variances (n, p) by the crystal networks alone, on the scale of ``properties.normalise``."""
        values, variances = [np.zeros((0, len(self.columns)))], [np.zeros((0, len(self.columns)))]
        for part in in_batches(orbits):
            skeletons, theta, lattice = tensors(part)
            found = [network(skeletons, theta, lattice) for network in self.networks]
            value, width = (torch.stack(list(x)).double() for x in zip(*found, strict=True))
            laplace = 2 * (2 * width).exp().mean(0)  # variance of a Laplace distribution of width b is 2 b²
            values.append(value.mean(0).numpy())
            variances.append((laplace + value.var(0, correction=0)).numpy())
        return in_columns(np.concatenate(values), self.columns), in_columns(np.concatenate(variances), self.columns)


def tensors(orbits: Sequence[Orbits]) -> tuple[OrbitBatch, torch.Tensor, torch.Tensor]:
    """What a ``StructureNetwork`` takes of some crystals."""
    counts = torch.tensor([len(o.positions) for o in orbits])
    group = torch.tensor([o.space_group for o in orbits])
    owner = torch.repeat_interleave(torch.arange(len(orbits)), counts)
    positions, elements, theta = (
        np.concatenate([getattr(o, name) for o in orbits]) for name in ("positions", "elements", "theta")
    )
    skeletons = OrbitBatch.of(group, owner, torch.from_numpy(positions).long(), torch.from_numpy(elements).long())
    lattice = lattice_from_coordinates(torch.from_numpy(np.stack([o.lattice for o in orbits])), group)
    return skeletons, torch.from_numpy(theta).float(), lattice.float()


def composition(orbits: Orbits) -> dict[int, int]:
    """Atoms in the primitive cell by atomic number."""
    counts: dict[int, int] = {}
    for element, sites in zip(orbits.elements, wyckoff_tables().op_count[orbits.positions], strict=True):
        counts[int(element)] = counts.get(int(element), 0) + int(sites)
    return counts


def in_batches(orbits: Sequence[Orbits]) -> list[list[Orbits]]:
    """Crystals in batches of at most ``ORBITS`` orbits."""
    batches: list[list[Orbits]] = []
    size = ORBITS
    for one in orbits:
        if size + len(one.positions) > ORBITS:
            batches.append([])
            size = 0
        batches[-1].append(one)
        size += len(one.positions)
    return batches


def _density(orbits: Orbits) -> float:
    from ase.data import atomic_masses

    volume = np.exp(orbits.lattice[0] * np.sqrt(3)) / wyckoff_tables().cells[orbits.space_group]
    return float(sum(atomic_masses[z] * n for z, n in composition(orbits).items()) / volume * GRAMS)


def default_crystal_surrogate() -> StructureSurrogate:
    """The one that ships with the package."""
    return crystal_surrogate_in(SHIPPED)


def crystal_surrogate_in(folder: Path) -> StructureSurrogate:
    """The one in a folder of weights, read once."""
    files = (*folder.glob(FILES), folder / NAME, folder / CARD)
    return _read(folder, tuple(sorted((file.name, file.stat().st_mtime_ns) for file in files if file.exists())))


@lru_cache(maxsize=8)
def _read(folder: Path, _written: tuple[tuple[str, int], ...]) -> StructureSurrogate:
    return StructureSurrogate.load(folder)


def folder_in_use(checkpoint: Path) -> Path:
    """Where the surrogates for a checkpoint's folder lie: there, if it has both; else those of the package."""
    whole = (checkpoint / NAME).exists() and any(checkpoint.glob(FILES))
    return checkpoint if whole else SHIPPED
