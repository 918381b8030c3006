"""CHGNet energy → formation energy on the scale of the hull.

The zero of every element was fitted (``make_elements.py``), since CHGNet's own energies of the elements are off for
some (see the error of either in ``chgnet_elements.json``).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from ..gen.crystal import Crystal
from ..gen.data.hull import energy_above_hull

ELEMENTS = Path(__file__).with_name("chgnet_elements.json")


@cache
def element_energies() -> dict[int, float]:
    """CHGNet energy, eV/atom, of each element's zero of formation energies, by atomic number."""
    fitted = json.loads(ELEMENTS.read_text(encoding="utf-8"))["energies"]
    return {int(z): float(energy) for z, energy in fitted.items()}


def formation_energy(crystal: Crystal, energy_per_atom: float) -> float:
    """Formation energy, eV/atom. Raises ``KeyError`` for an element without a zero."""
    zeros = [element_energies()[int(z)] for z in crystal.atomic_numbers]
    return energy_per_atom - float(np.mean(zeros))


def hull_distance(crystal: Crystal, energy_per_atom: float) -> float:
    """Energy above the hull of known compounds, eV/atom, from a CHGNet energy; NaN for elements without a zero."""
    try:
        formation = formation_energy(crystal, energy_per_atom)
    except KeyError:
        return float("nan")
    numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
    return energy_above_hull(dict(zip(numbers.tolist(), counts.tolist(), strict=True)), formation)
