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


@lru_cache(maxsize=256)
def _system(elements: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Atomic fractions (elements, k) and energies (k,) of the known compounds of a chemical system."""
    entries = hull_entries()
    foreign = np.zeros(len(entries), dtype=bool)
    foreign[entries.owner[~np.isin(entries.element, elements)]] = True
    kept = np.flatnonzero(~foreign)
    pairs = np.isin(entries.owner, kept)
    fractions = np.zeros((len(elements), len(kept)))
    row = np.searchsorted(elements, entries.element[pairs])
    fractions[row, np.searchsorted(kept, entries.owner[pairs])] = entries.count[pairs]
    return fractions / fractions.sum(0), entries.energy[kept]


def hull_energy(composition: Mapping[int, float]) -> float:
    """Formation energy per atom (eV) of the most stable mixture of known compounds with this composition.

    ``composition`` maps atomic numbers to amounts. Raises ``ValueError`` for elements without an entry.
    """
    from scipy.optimize import linprog

    elements = tuple(sorted(z for z, amount in composition.items() if amount > 0))
    fractions, energies = _system(elements)
    target = np.array([composition[z] for z in elements], dtype=np.float64)
    found = linprog(energies, A_eq=fractions, b_eq=target / target.sum(), method="highs") if len(energies) else None
    if found is None or not found.success:
        raise ValueError(f"no known compounds mix to the composition of atomic numbers {dict(composition)}")
    return float(found.fun)


def energy_above_hull(composition: Mapping[int, float], formation_energy_per_atom: float) -> float:
    """Distance to the hull, eV/atom: negative for what is more stable than all that is known.

    ``composition`` maps atomic numbers to amounts, ``formation_energy_per_atom`` is in eV.
    """
    return formation_energy_per_atom - hull_energy(composition)
