"""Predicts properties of crystals that have no geometry yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..custom_properties import columns_in
from ..data.convex_hull import hull_energy
from ..properties import PROPERTIES, PROPERTY_NAMES
from ..weight_files import FOLDER, load_weights
from .orbit_inputs import OrbitInputs
from .orbit_network import OrbitNetwork, SurrogateSize

NAME = "surrogate.safetensors"
SHIPPED = FOLDER / "default"
WEIGHTS = SHIPPED / NAME
BATCH = 512


@dataclass(frozen=True, eq=False)
class Predictions:
    """Properties of n crystals, in the order of ``PROPERTIES``; NaN for those that a surrogate does not know.

    symbol   meaning                                                                     shape
    values   in the property's unit                                                       (n, p)
    spreads  standard uncertainty in the same unit; in decades for properties seen by their logarithm  (n, p)
    """

    values: NDArray[np.float64]
    spreads: NDArray[np.float64]

    def of(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and spreads (n,) of one property."""
        column = PROPERTY_NAMES.index(name)
        return self.values[:, column], self.spreads[:, column]


class OrbitSurrogate:
    """The trained ensemble; a thousand crystals take a second of one core."""

    def __init__(self, network: OrbitNetwork) -> None:
        self.network = network.eval()

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> OrbitSurrogate:
        """From a weight file; raises ``UserError`` if it is missing or damaged."""
        state, size = load_weights(path)
        own = len(state.get("members.0.own.log_width", ()))
        columns = columns_in(path.parent, len(state["members.0.read.3.bias"]) // 2 + own)
        network = OrbitNetwork(SurrogateSize(**size), columns=columns, own=own)
        network.load_state_dict(state)
        return cls(network)

    def predict(self, inputs: OrbitInputs) -> Predictions:
        """All properties of all crystals."""
        value, spread = self.normalised(inputs)
        columns = [p.restore(value[:, k]) for k, p in enumerate(PROPERTIES)]
        return Predictions(np.stack(columns, 1), spread * np.array([p.width for p in PROPERTIES]))

    @torch.no_grad()
    def normalised(self, inputs: OrbitInputs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and spreads (n, p), on the scale of ``properties.normalise``."""
        parts = []
        for start in range(0, len(inputs.space_group), BATCH):
            chosen = slice(start, start + BATCH)
            fields = ("space_group", "n_atoms", "position", "element", "fraction")
            parts.append(self.network.summary(OrbitInputs(*(getattr(inputs, name)[chosen] for name in fields))))
        value, spread = (torch.cat(list(x)).double().numpy() for x in zip(*parts, strict=True))
        return in_columns(value, self.network.columns), in_columns(spread, self.network.columns)

    def energies_above_hull(
        self, inputs: OrbitInputs, compositions: Sequence[dict[int, int]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Predicted formation energy over the hull of known compounds, and its spread, (n,) each in eV/atom.

        NaN where the hull knows an element not at all. ``compositions`` are atoms by atomic number.
        """
        values, spreads = self.predict(inputs).of("formation_energy_per_atom")
        hull = np.array([_hull_or_nan(counts) for counts in compositions])
        return values - hull, spreads


def _hull_or_nan(counts: dict[int, int]) -> float:
    try:
        return hull_energy(counts)
    except ValueError:
        return float("nan")


def in_columns(known: NDArray[np.float64], columns: Sequence[int]) -> NDArray[np.float64]:
    """What a network says of its own properties (n, q) as columns of all (n, p), NaN for those it does not know."""
    out = np.full((len(known), len(PROPERTIES)), np.nan)
    out[:, list(columns)] = known
    return out


def default_surrogate() -> OrbitSurrogate:
    """The one that ships with the package."""
    return surrogate_in(SHIPPED)


def surrogate_in(folder: Path) -> OrbitSurrogate:
    """The one in a folder of weights, read once."""
    return _read(folder, (folder / NAME).stat().st_mtime_ns if (folder / NAME).exists() else 0)


@lru_cache(maxsize=8)
def _read(folder: Path, _written: int) -> OrbitSurrogate:
    return OrbitSurrogate.load(folder / NAME)
