"""Formation energies on the scale of the hull, from the energies of a potential.

The zero of each element is fitted (``make_references.py``), since potentials have large errors for some elements
themselves (``chgnet_elements.json`` gives the error of both choices). Raw PBE(+U) energies are corrected first
(``corrections``). The zeros of custom potentials lie beside the file of their weights or of their module
(``zeros_file``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from ...gen.crystal import Crystal
from ...gen.data.convex_hull import energy_above_hull
from ...gen.errors import UserError
from ...gen.stored_records import reading_back
from ..relaxation.potentials import CHGNET, potential_named
from .corrections import mp2020_correction
from .zeros_file import zeros_file

CORRECTED = "corrections_of_MP2020"  # key of the file of the zeros; its values:
IN_ENERGIES, BY_COMPOSITION = "in the energies of the potential", "added by composition"


@dataclass(frozen=True)
class References:
    """The zeros of formation energies for one potential.

    symbol     meaning                                                                  unit
    energies   energy of each element's zero on the potential's scale, by atomic number  eV/atom
    error      mean absolute error of the formation energies, on the test split          eV/atom
    spread     root mean square error of the formation energies                          eV/atom
    corrected  whether the energies of the potential contain the corrections of MP2020
    """

    energies: Mapping[int, float]
    error: float
    spread: float
    corrected: bool


@cache
def references(potential: str = CHGNET) -> References:
    """The zeros of a potential. Raises ``UserError`` if they have not been fitted, or their file is damaged."""
    potential_named(potential)
    file = zeros_file(potential)
    if not file.is_file():
        raise UserError(
            f"The energies of the potential {potential} are on no known scheme (no zeros were fitted): "
            f"use {CHGNET} for energies above the hull, or fit its zeros, {file}, with python -m "
            f"electrolith.validators.thermodynamics.make_references CRYSTALS {potential}"
        )
    with reading_back(file, "Fit the zeros again with make_references"):
        fitted = json.loads(file.read_text(encoding="utf-8"))
        energies = {int(z): float(energy) for z, energy in fitted["energies"].items()}
        error, spread = float(fitted["test_mean_absolute_error"]), float(fitted["test_root_mean_square_error"])
        return References(energies, error, spread, {IN_ENERGIES: True, BY_COMPOSITION: False}[fitted[CORRECTED]])


def hull_scale_energy(crystal: Crystal, energy_per_atom: float, potential: str) -> float:
    """The energy of a potential, eV/atom, with the corrections of MP2020."""
    return energy_per_atom + (0.0 if references(potential).corrected else mp2020_correction(crystal))


def formation_energy(crystal: Crystal, energy_per_atom: float, potential: str = CHGNET) -> float:
    """Formation energy, eV/atom. Raises ``KeyError`` for an element without a zero."""
    zeros = references(potential).energies
    energy = hull_scale_energy(crystal, energy_per_atom, potential)
    return energy - float(np.mean([zeros[int(z)] for z in crystal.atomic_numbers]))


def hull_distance(crystal: Crystal, energy_per_atom: float, potential: str = CHGNET) -> float:
    """Energy above the hull of known compounds, eV/atom, from that of a potential; NaN for elements without a zero."""
    try:
        formation = formation_energy(crystal, energy_per_atom, potential)
    except KeyError:
        return float("nan")
    numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
    return energy_above_hull(dict(zip(numbers.tolist(), counts.tolist(), strict=True)), formation)
