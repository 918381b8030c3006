"""Orbit surrogate: predictions of properties from orbits, before there is a geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..custom_properties import properties_of_weights
from ..data.convex_hull import hull_energy
from ..properties import SHIPPED, PropertySet
from ..weight_files import load_model
from ..weight_folders import DEFAULT_FOLDER
from .orbit_inputs import OrbitInputs
from .orbit_network import OrbitNetwork

NAME = "surrogate.safetensors"
WEIGHTS = DEFAULT_FOLDER / NAME
BATCH = 512


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predicted properties of n crystals.

    symbol      meaning                                                                     shape
    values      in the property's unit; NaN where a value is unknown                        (n, p)
    spreads     standard uncertainty in the same unit, or in decades if ``Property.log``    (n, p)
    properties  of the columns                                                              p
    """

    values: NDArray[np.float64]
    spreads: NDArray[np.float64]
    properties: PropertySet = SHIPPED

    def of(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and spreads (n,) of one property; NaN for a property that is not predicted."""
        if name not in self.properties.names:
            unknown = np.full(len(self.values), np.nan)
            return unknown, unknown.copy()
        column = self.properties.column(name)
        return self.values[:, column], self.spreads[:, column]


class OrbitSurrogate:
    """The trained ensemble of orbit networks; a thousand crystals take a second of one core."""

    def __init__(self, network: OrbitNetwork, properties: PropertySet = SHIPPED) -> None:
        """``properties`` are those that the network predicts, in its order."""
        self.network, self.properties = network.eval(), properties

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> OrbitSurrogate:
        """The surrogate of a weight file; raises ``UserError`` if it is missing or damaged."""
        network = load_model(path, OrbitNetwork.of_state)
        return cls(network, properties_of_weights(path, network.outputs))

    def predict(self, inputs: OrbitInputs) -> Predictions:
        """Values and spreads of all properties of all crystals."""
        value, spread = self.normalised(inputs)
        return Predictions(self.properties.restore(value), spread * self.properties.widths, self.properties)

    @torch.no_grad()
    def normalised(self, inputs: OrbitInputs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and spreads (n, p), normalised."""
        parts = []
        for start in range(0, len(inputs.space_group), BATCH):
            chosen = slice(start, start + BATCH)
            parts.append(self.network.summary(OrbitInputs(*(getattr(inputs, f.name)[chosen] for f in fields(inputs)))))
        value, spread = (torch.cat(list(x)).double().numpy() for x in zip(*parts, strict=True))
        return value, spread


def energies_above_hull(
    predictions: Predictions, compositions: Sequence[Mapping[int, int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Predicted formation energy above the hull of known compounds, and its spread, (n,) each in eV/atom.

    NaN where the hull lacks an element. ``compositions`` are atoms by atomic number.
    """
    values, spreads = predictions.of("formation_energy_per_atom")
    return values - np.array([hull_or_nan(counts) for counts in compositions]), spreads


def hull_or_nan(counts: Mapping[int, int]) -> float:
    """Energy of the hull at a composition, eV/atom; NaN where it lacks an element."""
    try:
        return hull_energy(counts)
    except ValueError:
        return float("nan")


def default_orbit_surrogate() -> OrbitSurrogate:
    """The orbit surrogate of the package."""
    return orbit_surrogate_in(DEFAULT_FOLDER)


def orbit_surrogate_in(folder: Path) -> OrbitSurrogate:
    """The orbit surrogate of a folder of weights, read once."""
    return _read(folder, (folder / NAME).stat().st_mtime_ns if (folder / NAME).exists() else 0)


@lru_cache(maxsize=8)
def _read(folder: Path, _written: int) -> OrbitSurrogate:
    return OrbitSurrogate.load(folder / NAME)
