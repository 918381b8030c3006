"""Energies of crystals with a machine-learned potential, eV/atom."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from ..check import flaw_of
from ..structure.distances import Distances
from .potentials import CHGNET, atoms_of

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

ENERGY, POTENTIAL = "energy_per_atom", "potential"  # columns of an input file: eV/atom, and the name of the potential
CLOSEST = 0.5  # of the sum of the covalent radii: below it, the energy of CHGNet falls instead of rising


def unphysical(crystal: Crystal) -> str:
    """Reason why a potential cannot be used for this crystal, or an empty text.

    Potentials give finite energies for coordinates that are not numbers, and low energies for atoms on top of each
    other.
    """
    flaw = flaw_of(crystal)
    if flaw:
        return f"not a crystal: {flaw}"
    verdict = Distances(min_fraction=CLOSEST).check(crystal)
    return "" if verdict.passed else verdict.reason


def energy_per_atom(crystal: Crystal, potential: str = CHGNET) -> float:
    """Energy of a crystal without relaxation, eV/atom; NaN for an unphysical crystal."""
    if unphysical(crystal):
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(atoms_of(crystal, potential).get_potential_energy()) / len(crystal)


def known_energy(crystal: Crystal, potential: str) -> float | None:
    """The energy, eV/atom, that an earlier relaxation with this potential found, or the input file gives; or None."""
    found = crystal.findings.energy
    if found is not None:
        return found.per_atom if found.potential == potential else None
    if crystal.info.get(POTENTIAL) == potential and ENERGY in crystal.info:
        return float(crystal.info[ENERGY])
    return None
