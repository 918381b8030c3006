"""A potential's energy → formation energy on the scale of the hull.

The zero of every element was fitted (``make_elements.py``), since potentials are off for some elements themselves (see
the error of either in ``chgnet_elements.json``). Raw PBE(+U) energies are corrected first (``corrections``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ...gen.crystal import Crystal
from ...gen.data.convex_hull import energy_above_hull
from ...gen.errors import UserError
from ..relaxation.potentials import CHGNET, potential_named
from .corrections import mp2020_correction


@dataclass(frozen=True)
class References:
    """The zeros of formation energies for one potential.

    symbol    meaning                                                                 unit
    energies  the potential's energy of each element's zero, by atomic number         eV/atom
    error     mean absolute error of formation energies so made, on the test split    eV/atom
    spread    root mean square of the same                                            eV/atom
    """

    energies: Mapping[int, float]
    error: float
    spread: float


def file_of(potential: str) -> Path:
    """Where the zeros for a potential lie, whether or not they have been fitted."""
    return Path(__file__).with_name(f"{potential.replace('-', '_').replace(':', '_')}_elements.json")


ELEMENTS = file_of(CHGNET)


@cache
def references(potential: str = CHGNET) -> References:
    """The zeros for a potential; raises ``UserError`` where they have not been fitted."""
    potential_named(potential)
    file = file_of(potential)
    if not file.exists():
        raise UserError(
            f"The zeros of formation energies have not been fitted for the potential {potential}: take {CHGNET} for "
            "energies above the hull."
        )
    fitted = json.loads(file.read_text(encoding="utf-8"))
    energies = {int(z): float(energy) for z, energy in fitted["energies"].items()}
    return References(energies, fitted["test_mean_absolute_error"], fitted["test_root_mean_square_error"])


def on_the_hulls_scale(crystal: Crystal, energy_per_atom: float, potential: str) -> float:
    """A potential's energy, eV/atom, with the corrections of MP2020."""
    corrected = potential_named(potential).corrected
    return energy_per_atom + (0.0 if corrected else mp2020_correction(crystal))


def formation_energy(crystal: Crystal, energy_per_atom: float, potential: str = CHGNET) -> float:
    """Formation energy, eV/atom. Raises ``KeyError`` for an element without a zero."""
    zeros = references(potential).energies
    energy = on_the_hulls_scale(crystal, energy_per_atom, potential)
    return energy - float(np.mean([zeros[int(z)] for z in crystal.atomic_numbers]))


def hull_distance(crystal: Crystal, energy_per_atom: float, potential: str = CHGNET) -> float:
    """Energy above the hull of known compounds, eV/atom, from a potential's; NaN for elements without a zero."""
    try:
        formation = formation_energy(crystal, energy_per_atom, potential)
    except KeyError:
        return float("nan")
    numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
    return energy_above_hull(dict(zip(numbers.tolist(), counts.tolist(), strict=True)), formation)
