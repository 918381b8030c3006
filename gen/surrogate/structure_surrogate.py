"""Structure surrogate: predictions of properties from the geometry and the orbits, with calibrated spreads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..crystal import ATOMIC_MASS_TO_G_PER_CM3
from ..custom_properties import properties_of_weights
from ..geometry.orbit_batch import OrbitBatch
from ..properties import SHIPPED, PropertySet
from ..symmetry.lattice import lattice_from_coordinates
from ..symmetry.orbits import Orbits
from ..symmetry.wyckoff_tables import wyckoff_tables
from ..weight_files import load_model
from ..weight_folders import DEFAULT_FOLDER
from .geometry_judge import Judge, judge_of
from .model_card import NAME as CARD
from .model_card import Card, load_card
from .orbit_inputs import OrbitInputs
from .orbit_surrogate import NAME, OrbitSurrogate, Predictions
from .structure_network import StructureNetwork

FILES = "crystal-surrogate*.safetensors"
ORBITS = 2000  # in a batch


class StructureSurrogate:
    """Structure networks and the orbit surrogate, mixed in the shares that gave the lowest validation error.

    The energy above the hull is predicted directly: on held-out crystals, hypothetical ones among them, this orders
    them better than the predicted formation energy above the known hull does.
    """

    def __init__(
        self,
        networks: Sequence[StructureNetwork],
        orbit_surrogate: OrbitSurrogate,
        card: Card | None,
        properties: PropertySet = SHIPPED,
    ) -> None:
        """``properties`` are those that the networks predict, in their order."""
        self.networks, self.orbit_surrogate = [n.eval() for n in networks], orbit_surrogate
        self.card, self.properties = card, properties

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> StructureSurrogate:
        """The surrogate of a folder of weights; raises ``UserError`` if they are missing or damaged."""
        networks, properties = [], SHIPPED
        for path in sorted(folder.glob(FILES)) or [folder / FILES.replace("*", "")]:
            network = load_model(path, StructureNetwork.of_state)
            networks.append(network)
            properties = properties_of_weights(path, network.outputs)
        return cls(networks, OrbitSurrogate.load(folder / NAME), load_card(folder), properties)

    def predict(self, orbits: Sequence[Orbits]) -> Predictions:
        """Values and spreads of all properties of n crystals; the density is computed, not predicted."""
        value, variance = self.normalised(orbits)
        base, spread = self._by_orbits(orbits)
        if self.card is not None:
            share, scale = self.card.shares(self.properties), self.card.scales(self.properties)
            variance = (share * np.sqrt(variance) + (1 - share) * spread) ** 2 * scale**2
            value = share * value + (1 - share) * base
        values = self.properties.restore(value)
        spreads = np.sqrt(variance) * self.properties.widths
        if "density" in self.properties.names:
            density = self.properties.column("density")
            values[:, density] = [_density(o) for o in orbits]
            spreads[:, density] = 0.0
        return Predictions(values, spreads, self.properties)

    @torch.no_grad()
    def normalised(self, orbits: Sequence[Orbits]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Normalised values and variances (n, p) by the structure networks alone."""
        p = len(self.properties)
        values, variances = [np.zeros((0, p))], [np.zeros((0, p))]
        for part in in_batches(orbits):
            skeletons, theta, lattice = tensors(part)
            outputs = [network(skeletons, theta, lattice) for network in self.networks]
            value, width = (torch.stack(list(x)).double() for x in zip(*outputs, strict=True))
            laplace = 2 * (2 * width).exp().mean(0)  # variance of a Laplace distribution of width b is 2 b²
            values.append(value.mean(0).numpy())
            variances.append((laplace + value.var(0, correction=0)).numpy())
        return np.concatenate(values), np.concatenate(variances)

    def judge_on(self, device: str) -> Judge:
        """The function that orders crystals of one skeleton by their energy above the hull, on a device."""
        return judge_of(self.networks, self.properties, device)

    def _by_orbits(self, orbits: Sequence[Orbits]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Normalised values and spreads (n, p) by the orbit surrogate, NaN for properties that it does not predict."""
        inputs = OrbitInputs.of_skeletons((o.space_group, o.positions, o.elements) for o in orbits)
        theirs = self.orbit_surrogate.normalised(inputs)
        if self.orbit_surrogate.properties == self.properties:
            return theirs
        names = self.orbit_surrogate.properties.names
        value, spread = (np.full((len(orbits), len(self.properties)), np.nan) for _ in theirs)
        for k, name in enumerate(self.properties.names):
            if name in names:
                value[:, k], spread[:, k] = (x[:, names.index(name)] for x in theirs)
        return value, spread


def tensors(orbits: Sequence[Orbits]) -> tuple[OrbitBatch, torch.Tensor, torch.Tensor]:
    """Inputs of a ``StructureNetwork`` for n crystals: orbits, θ (M, 3), conventional cells (n, 3, 3) in Å."""
    counts = torch.tensor([len(o.positions) for o in orbits])
    group = torch.tensor([o.space_group for o in orbits])
    owner = torch.repeat_interleave(torch.arange(len(orbits)), counts)
    positions, elements, theta = (
        np.concatenate([getattr(o, name) for o in orbits]) for name in ("positions", "elements", "theta")
    )
    skeletons = OrbitBatch.of(group, owner, torch.from_numpy(positions).long(), torch.from_numpy(elements).long())
    lattice = lattice_from_coordinates(torch.from_numpy(np.stack([o.lattice for o in orbits])), group)
    return skeletons, torch.from_numpy(theta).float(), lattice.float()


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
    """Density in g/cm³."""
    from ase.data import atomic_masses

    volume = np.exp(orbits.lattice[0] * np.sqrt(3)) / wyckoff_tables().cells[orbits.space_group]
    mass = sum(atomic_masses[z] * n for z, n in orbits.composition.items())
    return float(mass / volume * ATOMIC_MASS_TO_G_PER_CM3)


def default_structure_surrogate() -> StructureSurrogate:
    """The structure surrogate of the package."""
    return structure_surrogate_in(DEFAULT_FOLDER)


def structure_surrogate_in(folder: Path) -> StructureSurrogate:
    """The structure surrogate of a folder of weights, read once."""
    files = (*folder.glob(FILES), folder / NAME, folder / CARD)
    return _read(folder, tuple(sorted((file.name, file.stat().st_mtime_ns) for file in files if file.exists())))


@lru_cache(maxsize=8)
def _read(folder: Path, _written: tuple[tuple[str, int], ...]) -> StructureSurrogate:
    return StructureSurrogate.load(folder)


def folder_in_use(checkpoint: Path) -> Path:
    """Folder of the surrogates for a checkpoint: its own if it has both surrogates, otherwise that of the package."""
    complete = (checkpoint / NAME).exists() and any(checkpoint.glob(FILES))
    return checkpoint if complete else DEFAULT_FOLDER
