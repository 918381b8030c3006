"""Displacement of the atoms of a cell in a relaxation."""

from __future__ import annotations

import numpy as np

from ...gen.crystal import Crystal


def distance_to_relaxed(crystal: Crystal, relaxed: Crystal) -> float:
    """Root mean square displacement of the atoms, Å, between a cell and the same cell after relaxation.

    It is the distance of MatterGen (Zeni et al., Nature 639, 624, 2025): fractional displacements without the common
    drift, measured in the cell of mean edges and angles. MatterGen assigns the atoms with StructureMatcher; here the
    assignment is known.
    """
    from pymatgen.core import Lattice

    one, other = (np.array(Lattice(c.lattice).parameters) for c in (crystal, relaxed))
    moved = relaxed.frac_coords - crystal.frac_coords
    moved -= moved[0]  # before wrapping: a drift near half a cell would be wrapped for some atoms only
    moved -= np.round(moved)
    moved -= moved.mean(0)
    cartesian = moved @ Lattice.from_parameters(*(one + other) / 2).matrix
    return float(np.sqrt((cartesian**2).sum(1).mean()))
