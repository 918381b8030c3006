"""Properties of crystals: names, units, the scale on which the networks see them, and ordered sets of them.

``SHIPPED`` is the set of the weights in the package. A fine-tuned checkpoint has a larger set: the shipped properties
first, then its custom ones. Each checkpoint owns its set, so that two checkpoints may use one name differently.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from .errors import UserError, did_you_mean

SMALLEST = 1e-12  # values below count as this before a logarithm
CLIPPED = 4.0  # largest normalised value


@dataclass(frozen=True)
class Property:
    """One property and its scale: a network sees (f(value) - centre) / width, f the logarithm (base 10) if ``log``.

    symbol         meaning                                                            unit
    name           as it is requested and predicted
    unit           text, empty for a number without unit
    centre, width  of the normalised scale                                            unit, or decades if ``log``
    log            whether the networks see the logarithm
    low, high      range of the middle 98 % of the crystals that a custom property    unit
                   was trained on; infinite for shipped properties, whose ranges are in the model card
    """

    name: str
    unit: str
    centre: float
    width: float
    log: bool = False
    low: float = -math.inf
    high: float = math.inf

    def normalise(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Normalised numbers, clipped to -4 … 4; NaN stays NaN. A logarithm is taken of ``SMALLEST`` at least."""
        scaled = np.log10(np.maximum(value, SMALLEST)) if self.log else np.asarray(value, dtype=np.float64)
        return np.clip((scaled - self.centre) / self.width, -CLIPPED, CLIPPED)

    def restore(self, normalised: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values in ``unit``: the inverse of ``normalise``."""
        scaled = normalised * self.width + self.centre
        return 10.0**scaled if self.log else scaled


@dataclass(frozen=True)
class PropertySet(Sequence[Property]):
    """Properties in the order of the columns of a network or a data set; no name occurs twice."""

    properties: tuple[Property, ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"a name occurs twice in {self.names}")

    def __len__(self) -> int:
        return len(self.properties)

    @overload
    def __getitem__(self, index: int) -> Property: ...
    @overload
    def __getitem__(self, index: slice) -> PropertySet: ...
    def __getitem__(self, index: int | slice) -> Property | PropertySet:
        return self.properties[index] if isinstance(index, int) else PropertySet(self.properties[index])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names, in the order of the columns."""
        return tuple(p.name for p in self.properties)

    @cached_property
    def widths(self) -> NDArray[np.float64]:
        """Width of each property's scale, (p,)."""
        return np.array([p.width for p in self.properties])

    def column(self, name: str) -> int:
        """Column of the property ``name``; raises ``UserError`` with the nearest names if it is not in the set."""
        if name not in self.names:
            raise UserError(f"unknown property {name!r}.{did_you_mean(name, self.names)}")
        return self.names.index(name)

    def named(self, name: str) -> Property:
        """The property ``name``; raises ``UserError`` with the nearest names if it is not in the set."""
        return self.properties[self.column(name)]

    def normalise(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Normalised values (n, p) of values (n, p) in the properties' units."""
        columns = zip(self.properties, values.T, strict=True)
        return np.stack([p.normalise(column) for p, column in columns], axis=1).astype(np.float32)

    def restore(self, normalised: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (n, p) in the properties' units: the inverse of ``normalise``."""
        columns = zip(self.properties, normalised.T, strict=True)
        return np.stack([p.restore(column) for p, column in columns], axis=1)

    def extended(self, custom: Iterable[Property]) -> PropertySet:
        """This set, then the properties of ``custom`` that are not yet in it.

        Raises ``UserError`` for a property with the name of one in the set and another unit, scale or range.
        """
        new: list[Property] = []
        for one in custom:
            known = next((p for p in (*self.properties, *new) if p.name == one.name), None)
            if known is None:
                new.append(one)
            elif known != one:
                raise UserError(
                    f"two properties are called {one.name}, with different unit, scale or range: rename one."
                )
        return PropertySet((*self.properties, *new))


SHIPPED = PropertySet(
    (
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
)

BARRIERS = ("li_barrier_1d", "li_barrier_2d", "li_barrier")  # for paths of Li⁺ in one, two and three dimensions
OF_LITHIUM = (*BARRIERS, "ionic_conductivity")  # without meaning in a crystal without lithium
NON_NEGATIVE = ("energy_above_hull", "band_gap", *BARRIERS)  # besides those seen by their logarithm
