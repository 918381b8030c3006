"""The properties that the models know: names, units, and the scale on which a network sees them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Property:
    """One property: ``value`` in ``unit`` is seen as (f(value) - centre) / width, f the logarithm if ``log``."""

    name: str
    unit: str
    centre: float
    width: float
    log: bool = False

    def normalise(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number(s) a network sees, about -2 to 2; NaN stays NaN."""
        scaled = np.log10(np.maximum(value, 1e-12)) if self.log else np.asarray(value, dtype=np.float64)
        return np.clip((scaled - self.centre) / self.width, -4.0, 4.0)

    def restore(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of ``normalise``, in ``unit``."""
        scaled = seen * self.width + self.centre
        return 10.0**scaled if self.log else scaled


PROPERTIES: tuple[Property, ...] = (
    Property("energy_above_hull", "eV/atom", 0.03, 0.05),
    Property("formation_energy_per_atom", "eV/atom", -1.5, 1.2),
    Property("band_gap", "eV", 1.5, 2.0),
    Property("density", "g/cm³", math.log10(5.0), 0.3, log=True),
    Property("bulk_modulus", "GPa", math.log10(80.0), 0.4, log=True),
    Property("shear_modulus", "GPa", math.log10(35.0), 0.45, log=True),
    Property("li_barrier", "eV", 1.5, 1.5),
    Property("li_barrier_1d", "eV", 0.8, 0.8),
    Property("li_barrier_2d", "eV", 1.2, 1.2),
    Property("ionic_conductivity", "S/cm", -5.0, 2.5, log=True),
)
PROPERTY_NAMES = tuple(p.name for p in PROPERTIES)


def normalise(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Columns of ``PROPERTIES``, shape (n, p), as the networks see them; infinite values count as very large."""
    columns = [p.normalise(values[:, k]) for k, p in enumerate(PROPERTIES)]
    return np.stack(columns, axis=1).astype(np.float32)
