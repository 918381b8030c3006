"""Measured Li⁺ conductivities at room temperature (``conductors.csv``, see ``make_conductors``)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .conductor_features import Substance, features

TABLE = Path(__file__).with_name("conductors.csv")
FLOOR = -10.0  # log10 S/cm; for many materials only an upper bound below this value is known


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured conductors and insulators, one per row.

    symbol      meaning                                             shape, unit
    features    see ``conductor_features``                          (n, k)
    shares      of the atoms, by element                            (n, 119)
    values      log10 of the conductivity, at least ``FLOOR``       (n,), S/cm
    families    chemistry                                           (n,)
    names       composition as published                            (n,)
    """

    features: NDArray[np.float64]
    shares: NDArray[np.float64]
    values: NDArray[np.float64]
    families: NDArray[np.str_]
    names: NDArray[np.str_]

    def only(self, rows: NDArray[np.intp]) -> Measured:
        """A selection of the rows."""
        numbers = self.features[rows], self.shares[rows], self.values[rows]
        return Measured(*numbers, self.families[rows], self.names[rows])


def shares_of(substance: Substance) -> NDArray[np.float64]:
    """Shares of the atoms by atomic number (119,)."""
    found = np.zeros(119)
    for element, share in substance.composition.fractional_composition.items():
        found[element.Z] += float(share)
    return found


@cache
def measured() -> Measured:
    """The rows of ``conductors.csv``."""
    from pymatgen.core import Composition

    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    substances = [
        Substance(Composition(r["composition"]), int(r["space_group"]), float(r["volume"]), float(r["volume_per_atom"]))
        for r in rows
    ]
    return Measured(
        np.stack([features(s) for s in substances]),
        np.stack([shares_of(s) for s in substances]),
        np.maximum(np.log10([float(r["conductivity"]) for r in rows]), FLOOR),
        np.array([r["family"] for r in rows]),
        np.array([r["composition"] for r in rows]),
    )
