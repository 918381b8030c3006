"""Energy above the convex hull of the known compounds that ship with the package, in eV/atom."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from .chemical_system import NoCompounds
from .known_compounds import hull_entries


def hull_energy(composition: Mapping[int, float]) -> float:
    """Formation energy per atom (eV) of the most stable mixture of known compounds with this composition.

    ``composition`` maps atomic numbers to amounts. Raises ``NoCompounds``, a ``ValueError``, for elements without an
    entry.
    """
    elements = tuple(sorted(z for z, amount in composition.items() if amount > 0))
    amounts = np.array([composition[z] for z in elements], dtype=np.float64)
    energy = _mixture(elements, tuple((amounts / amounts.sum()).tolist()))
    if energy is None:
        raise NoCompounds(f"no known compounds mix to the composition of atomic numbers {dict(composition)}")
    return energy


@lru_cache(maxsize=100_000)
def _mixture(elements: tuple[int, ...], fractions: tuple[float, ...]) -> float | None:
    """Energy (eV/atom) of the most stable mixture at these atomic fractions, or None if there is none."""
    try:
        return hull_entries().system(elements).mixture_per_atom(np.array(fractions))[0]
    except NoCompounds:
        return None


def energy_above_hull(composition: Mapping[int, float], formation_energy_per_atom: float) -> float:
    """Distance to the hull, eV/atom; negative for a compound more stable than all known ones.

    ``composition`` maps atomic numbers to amounts, ``formation_energy_per_atom`` is in eV.
    """
    return formation_energy_per_atom - hull_energy(composition)
