"""A disordered crystal: places that are shared or partly occupied, with the share of each element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FULL_SHARE = 0.9995  # least share that counts as full


@dataclass(frozen=True, eq=False)
class DisorderedCrystal:
    """A crystal as an average over its cells.

    symbol       meaning                                                       shape, unit
    lattice      a, b, c as rows                                               (3, 3), Å
    frac_coords  fractional coordinates of the places                          (n, 3)
    shares       share of each element by atomic number, place by place; the   n
                 rest of a place is vacant
    sites        number of the listed site of each place: places of one site   (n,)
                 are equivalent by symmetry
    labels       labels of the listed sites
    name         where it comes from
    remarks      what its reader changed or assumed, one sentence each
    source       the file that it was read from, and its place in it
    """

    lattice: NDArray[np.float64]
    frac_coords: NDArray[np.float64]
    shares: tuple[Mapping[int, float], ...]
    sites: NDArray[np.int64]
    labels: tuple[str, ...] = ()
    name: str = ""
    remarks: tuple[str, ...] = ()
    source: str = ""

    def __len__(self) -> int:
        return len(self.shares)

    @property
    def counts(self) -> dict[int, float]:
        """Mean number of atoms of each element in the cell, by atomic number."""
        total: dict[int, float] = {}
        for share in self.shares:
            for z, part in share.items():
                total[z] = total.get(z, 0.0) + part
        return total

    @property
    def is_mixed(self) -> NDArray[np.bool_]:
        """Whether each place is shared or partly occupied, (n,)."""
        return np.array([len(share) > 1 or min(share.values()) < FULL_SHARE for share in self.shares], dtype=bool)

    @cached_property
    def composition(self) -> Any:
        """pymatgen ``Composition`` of the cell, with fractions of atoms."""
        from pymatgen.core import Composition, Element

        return Composition({Element.from_Z(z): round(n, 6) for z, n in self.counts.items()})

    @property
    def formula(self) -> str:
        """Formula with fractions of atoms, e.g. ``Li6.4La3Zr1.4Ta0.6O12``, for as few atoms of an element as are whole.

        The formula unit holds a whole number of the most frequent element that has no share in a mixed place.
        """
        return formula_with_fractions(self)

    @property
    def volume(self) -> float:
        """Cell volume, Å³."""
        return float(abs(np.linalg.det(self.lattice)))


def formula_with_fractions(crystal: DisorderedCrystal) -> str:
    """The formula of the smallest unit that keeps the atoms on full places whole; elements in the order of pymatgen."""
    full: dict[int, int] = {}
    for share, mixed in zip(crystal.shares, crystal.is_mixed, strict=True):
        if not mixed:
            (z,) = share
            full[z] = full.get(z, 0) + 1
    units = int(np.gcd.reduce(list(full.values()))) if full else 1
    composition = crystal.composition / units
    symbols = sorted(composition.elements, key=lambda e: (e.X if e.X == e.X else 99.0, e.symbol))
    return "".join(f"{e.symbol}{_digits(composition[e])}" for e in symbols)


def _digits(number: float) -> str:
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return "" if text == "1" else text
