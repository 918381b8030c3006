"""Atoms at the mean places of a disordered crystal, where no atom of an ordered model is at rest.

A diffraction experiment gives the mean over all cells. In each cell, ions move off these places by some tenths of an
ångström, towards the neighbours that they have there. The energy of a model at the mean places is 0.1 to 0.9 eV/atom
too high, and sometimes more, so nothing follows from it but an upper bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .potential_energy import unphysical

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

OFF_AVERAGES = 0.05  # Å, root mean square, by which the atoms of a model leave the mean places before a relaxation
FORCE_OF_MODEL = 0.1  # eV/Å: the energy of a model is then within 5 meV/atom of that of the minimum


def displaced(crystal: Crystal, distance: float) -> Crystal:
    """The crystal with its atoms shifted at random, the same way each time, by ``distance`` (Å, root mean square).

    It stays as it is where two atoms would come too close for a potential.
    """
    if not distance:
        return crystal
    shifts = np.random.default_rng(0).normal(0, distance / 3**0.5, (len(crystal), 3))
    coords = crystal.frac_coords + shifts @ np.linalg.inv(crystal.lattice)
    moved = crystal.in_cell(crystal.lattice, coords, crystal.atomic_numbers)
    return crystal if unphysical(moved) else moved
