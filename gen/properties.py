"""The properties that the models know: names, units, and the scale on which a network sees them.

Those that ship come first. A fine-tuned checkpoint brings properties of its own, which ``learn`` adds to the end: a
column, once given, stays. Every network knows which columns are its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from .errors import UserError, did_you_mean


@dataclass(frozen=True)
class Property:
    """One property: ``value`` in ``unit`` is seen as (f(value) - centre) / width, f the logarithm if ``log``.

    98 % of the crystals that a property of one's own was learnt from lie from ``low`` to ``high``; what is known of
    those that ship stands in the card of the surrogates.
    """

    name: str
    unit: str
    centre: float
    width: float
    log: bool = False
    low: float = -math.inf
    high: float = math.inf

    def normalise(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number(s) a network sees, about -2 to 2; NaN stays NaN."""
        scaled = np.log10(np.maximum(value, 1e-12)) if self.log else np.asarray(value, dtype=np.float64)
        return np.clip((scaled - self.centre) / self.width, -4.0, 4.0)

    def restore(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of ``normalise``, in ``unit``."""
        scaled = seen * self.width + self.centre
        return 10.0**scaled if self.log else scaled


SHIPPED: tuple[Property, ...] = (
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


class Properties(Sequence[Property]):
    """All properties known in this process: those that ship, then one's own in the order in which they were learnt."""

    def __init__(self, shipped: Sequence[Property]) -> None:
        self._all = list(shipped)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, index: int) -> Property: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Property]: ...
    def __getitem__(self, index: int | slice) -> Property | Sequence[Property]:
        return self._all[index]

    def learn(self, own: Property) -> None:
        """Adds a property; nothing changes for one that is known already.

        Raises ``UserError`` where one of this name has another unit or scale.
        """
        known = next((p for p in self if p.name == own.name), None)
        if known is None:
            self._all.append(own)
        elif known != own:
            raise UserError(
                f"two checkpoints mean different things by {own.name} (unit, scale or range): use them in two "
                "processes, or give one of the properties another name."
            )

    def named(self, name: str) -> Property:
        """The property of this name; raises ``UserError`` if there is none."""
        found = next((p for p in self if p.name == name), None)
        if found is None:
            raise UserError(f"unknown property {name!r}.{did_you_mean(name, PROPERTY_NAMES)}")
        return found


class Names(Sequence[str]):
    """The names of all properties, in their order."""

    def __init__(self, properties: Properties) -> None:
        self._properties = properties

    def __len__(self) -> int:
        return len(self._properties)

    def __iter__(self) -> Iterator[str]:
        return (p.name for p in self._properties)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        chosen = self._properties[index]
        return chosen.name if isinstance(chosen, Property) else [p.name for p in chosen]


PROPERTIES = Properties(SHIPPED)
PROPERTY_NAMES = Names(PROPERTIES)


def all_columns() -> tuple[int, ...]:
    """The columns of every property known now."""
    return tuple(range(len(PROPERTIES)))


def normalise(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Columns of ``PROPERTIES``, shape (n, p), as the networks see them; infinite values count as very large."""
    columns = [PROPERTIES[k].normalise(values[:, k]) for k in range(values.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)
