"""Known compounds by chemical system: the entries of a convex hull.

Those that ship with the package have the lowest formation energy per reduced formula in the Materials Project (several
versions of its database) and WBM, both CC-BY-4.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .chemical_system import ChemicalSystem, NoCompounds

HULL = Path(__file__).with_name("hull.npz")
SCHEME = "MP2020 (2026-11)"  # of the energies of the hull: the corrections, and when all were brought to them
STEP = 0.0005  # eV/atom, of the stored energies
KEPT_SYSTEMS = 4096


@dataclass(frozen=True, eq=False)
class HullEntries:
    """Known compounds, each with its lowest formation energy; n compounds, m (compound, element) pairs in their order.

    symbol   meaning                                    shape, unit
    start    first pair of each compound                (n + 1,)
    element  atomic number                              (m,)
    count    atoms of it in a formula unit              (m,)
    energy   formation energy per atom                  (n,), eV
    scheme   corrections of the energies; empty: not known
    """

    start: NDArray[np.int64]
    element: NDArray[np.int64]
    count: NDArray[np.int64]
    energy: NDArray[np.float64]
    scheme: str = ""

    def __len__(self) -> int:
        return len(self.energy)

    @property
    def owner(self) -> NDArray[np.int64]:
        """The compound of each pair, (m,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def save(self, path: Path) -> None:
        """Writes a compact ``.npz``; energies are rounded to ``STEP``."""
        np.savez_compressed(
            path,
            elements=np.diff(self.start).astype(np.uint8),
            element=self.element.astype(np.uint8),
            count=self.count.astype(np.uint16),
            energy=np.round(self.energy / STEP).astype(np.int16),
            scheme=self.scheme,
        )

    @classmethod
    def load(cls, path: Path) -> HullEntries:
        """The compounds of a file that ``save`` wrote."""
        with np.load(path) as data:
            start = np.concatenate([[0], np.cumsum(data["elements"].astype(np.int64))])
            element, count = data["element"].astype(np.int64), data["count"].astype(np.int64)
            return cls(start, element, count, data["energy"] * STEP, str(data["scheme"]) if "scheme" in data else "")

    @cached_property
    def _systems(self) -> dict[tuple[int, ...], ChemicalSystem]:
        return {}

    @cached_property
    def _element_bits(self) -> NDArray[np.uint64]:
        """The elements of each compound as bits, (2, n)."""
        return _bits(self.element, self.owner, len(self))

    def system(self, elements: Iterable[int]) -> ChemicalSystem:
        """The compounds of these atomic numbers and no others. Raises ``NoCompounds`` for an element without any."""
        key = tuple(sorted({int(z) for z in elements}))
        if key not in self._systems:
            if len(self._systems) >= KEPT_SYSTEMS:
                self._systems.clear()
            self._systems[key] = self._select(np.array(key, dtype=np.int64))
        return self._systems[key]

    def _select(self, elements: NDArray[np.int64]) -> ChemicalSystem:
        low, high = self._element_bits & ~_bits(elements, np.zeros_like(elements), 1)
        kept = np.flatnonzero((low | high) == 0)
        sizes = np.diff(self.start)[kept]
        column = np.repeat(np.arange(len(kept)), sizes)
        pairs = np.arange(len(column)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + self.start[kept][column]
        counts = np.zeros((len(elements), len(kept)))
        counts[np.searchsorted(elements, self.element[pairs]), column] = self.count[pairs]
        missing = elements[~counts.any(1)]
        if len(missing):
            from pymatgen.core import Element

            names = ", ".join(Element.from_Z(int(z)).symbol for z in missing)
            raise NoCompounds(f"no known compounds of {names}")
        return ChemicalSystem(elements, counts, self.energy[kept])


def _bits(elements: NDArray[np.int64], owner: NDArray[np.int64], n: int) -> NDArray[np.uint64]:
    words = np.zeros((2, n), dtype=np.uint64)
    bit = np.left_shift(np.uint64(1), (elements % 64).astype(np.uint64))
    np.bitwise_or.at(words, (elements // 64, owner), bit)
    return words


@cache
def hull_entries() -> HullEntries:
    """The compounds that ship with the package."""
    return HullEntries.load(HULL)
