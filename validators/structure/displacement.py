"""How far did the atoms of a cell move in a relaxation?"""

from __future__ import annotations

import numpy as np

from ...gen.crystal import Crystal


def distance_to_relaxed(crystal: Crystal, relaxed: Crystal) -> float:
    """Root mean square displacement of the atoms, Å, when the same cell relaxed from one to the other.

    It is MatterGen's distance (Zeni et al., Nature 639, 624, 2025): fractional displacements, the common drift taken
    out, measured in the cell of mean edges and angles. MatterGen finds out with StructureMatcher which atom became
    which; here that is known.
    """
    from pymatgen.core import Lattice

    one, other = (np.array(Lattice(c.lattice).parameters) for c in (crystal, relaxed))
    moved = relaxed.frac_coords - crystal.frac_coords
    moved -= moved[0]  # before wrapping, or a drift near half a cell would be wrapped for some atoms only
    moved -= np.round(moved)
    moved -= moved.mean(0)
    cartesian = moved @ Lattice.from_parameters(*(one + other) / 2).matrix
    return float(np.sqrt((cartesian**2).sum(1).mean()))
