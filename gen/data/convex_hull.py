"""How far above the convex hull of known compounds does a crystal lie?

The hull is that of the lowest formation energy per reduced formula: Materials Project (several versions of its
database) and WBM, both CC-BY-4.0. At one composition its energy is a linear programme: mix the known compounds to this
composition at the lowest energy (the dual of the construction of Ong et al., Chem. Mater. 20, 1798, 2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HULL = Path(__file__).with_name("hull.npz")
STEP = 0.0005  # eV/atom: energies are stored in such steps


@dataclass(frozen=True, eq=False)
class HullEntries:
    """Known compounds; n of them, and m (compound, element) pairs in their order.

    symbol   meaning                                    shape, unit
    start    first pair of each compound                (n + 1,)
    element  atomic number                              (m,)
    count    atoms of it in a formula unit              (m,)
    energy   formation energy per atom                  (n,), eV
    """

    start: NDArray[np.int64]
    element: NDArray[np.int64]
    count: NDArray[np.int64]
    energy: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.energy)

    @property
    def owner(self) -> NDArray[np.int64]:
        """The compound of each pair, (m,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def save(self, path: Path) -> None:
        """Writes a compact ``.npz``."""
        np.savez_compressed(
            path,
            elements=np.diff(self.start).astype(np.uint8),
            element=self.element.astype(np.uint8),
            count=self.count.astype(np.uint16),
            energy=np.round(self.energy / STEP).astype(np.int16),
        )

    @classmethod
    def load(cls, path: Path) -> HullEntries:
        """Reads what ``save`` wrote."""
        with np.load(path) as data:
            start = np.concatenate([[0], np.cumsum(data["elements"].astype(np.int64))])
            element, count = data["element"].astype(np.int64), data["count"].astype(np.int64)
            return cls(start, element, count, data["energy"] * STEP)


@cache
def hull_entries() -> HullEntries:
    """The compounds that ship with the package."""
    return HullEntries.load(HULL)


@cache
def _element_sets() -> NDArray[np.uint64]:
    """(2, n): the elements of each compound as bits."""
    entries = hull_entries()
    return _bits(entries.element, entries.owner, len(entries))


def _bits(elements: NDArray[np.int64], owner: NDArray[np.int64], n: int) -> NDArray[np.uint64]:
    words = np.zeros((2, n), dtype=np.uint64)
    bit = np.left_shift(np.uint64(1), (elements % 64).astype(np.uint64))
    np.bitwise_or.at(words, (elements // 64, owner), bit)
    return words


@lru_cache(maxsize=4096)
def _system(elements: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Atomic fractions (elements, k) and energies (k,) of the known compounds of a chemical system."""
    entries = hull_entries()
    numbers = np.array(elements)
    outside = ~_bits(numbers, np.zeros_like(numbers), 1)
    low, high = _element_sets() & outside
    kept = np.flatnonzero((low | high) == 0)
    counts = np.diff(entries.start)[kept]
    column = np.repeat(np.arange(len(kept)), counts)
    pairs = np.arange(len(column)) - np.repeat(np.cumsum(counts) - counts, counts) + entries.start[kept][column]
    fractions = np.zeros((len(elements), len(kept)))
    fractions[np.searchsorted(numbers, entries.element[pairs]), column] = entries.count[pairs]
    return fractions / fractions.sum(0), entries.energy[kept]


def hull_energy(composition: Mapping[int, float]) -> float:
    """Formation energy per atom (eV) of the most stable mixture of known compounds with this composition.

    ``composition`` maps atomic numbers to amounts. Raises ``ValueError`` for elements without an entry.
    """
    elements = tuple(sorted(z for z, amount in composition.items() if amount > 0))
    amounts = np.array([composition[z] for z in elements], dtype=np.float64)
    energy = _mixture(elements, tuple((amounts / amounts.sum()).tolist()))
    if energy is None:
        raise ValueError(f"no known compounds mix to the composition of atomic numbers {dict(composition)}")
    return energy


@lru_cache(maxsize=100_000)
def _mixture(elements: tuple[int, ...], fractions: tuple[float, ...]) -> float | None:
    """Energy of the best mixture at these atomic fractions, or None where there is none."""
    from scipy.optimize import linprog

    compounds, energies = _system(elements)
    if not len(energies):
        return None
    found = linprog(energies, A_eq=compounds, b_eq=np.array(fractions), method="highs")
    return float(found.fun) if found.success else None


def energy_above_hull(composition: Mapping[int, float], formation_energy_per_atom: float) -> float:
    """Distance to the hull, eV/atom: negative for what is more stable than all that is known.

    ``composition`` maps atomic numbers to amounts, ``formation_energy_per_atom`` is in eV.
    """
    return formation_energy_per_atom - hull_energy(composition)
