"""Atoms closer to each other than any two atoms are: the sign of wrong units, a wrong cell or a doubled atom."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from ase.data import chemical_symbols

from ..crystal import Crystal

SHORTEST = 0.5  # Å; the shortest bond, of H2, has 0.74 Å
SAME_PLACE = 0.1  # Å; two atoms this close are one atom listed twice
FEW = 60  # atoms, up to which all pairs are compared


def overlap_of(crystal: Crystal) -> tuple[float, str]:
    """The least distance, Å, and its two atoms in words, where they are closer than ``SHORTEST``; else ∞ and no words.

    A cell with a shorter edge has the distance 0. The nearest image is found where the planes of the lattice are at
    least 1 Å apart.
    """
    lattice, coords = crystal.lattice, crystal.frac_coords
    edge = float(np.sqrt((lattice**2).sum(axis=1).min()))
    if edge < SHORTEST:
        return 0.0, f"its cell has an edge of {edge:.2g} Å, shorter than {SHORTEST} Å: are its units right?"
    pairs = _all_pairs(len(coords)) if len(coords) <= FEW else _near_pairs(lattice, coords)
    if len(pairs[0]) == 0:
        return np.inf, ""
    steps = coords[pairs[0]] - coords[pairs[1]]
    steps = (steps - np.rint(steps)) @ lattice
    squares = np.einsum("ij,ij->i", steps, steps)
    k = int(squares.argmin())
    distance = float(squares[k] ** 0.5)
    if distance >= SHORTEST:
        return np.inf, ""
    closest = sorted((pairs[0][k], pairs[1][k]))
    one, two = (f"{chemical_symbols[crystal.atomic_numbers[m]]} (atom {m + 1})" for m in closest)
    return distance, f"{one} and {two} are {distance:.2g} Å apart, closer than any two atoms ({SHORTEST} Å)"


@lru_cache(maxsize=FEW)
def _all_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(count, 1)


def _near_pairs(lattice: np.ndarray, coords: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs closer than ``SHORTEST``, and some others."""
    from scipy.spatial import cKDTree  # heavy

    spacings = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)  # Å between lattice planes
    wrapped = (coords - np.floor(coords)) * spacings
    wrapped[wrapped >= spacings] = 0.0  # by rounding
    # A difference of coordinates times the spacing is at most the distance, so that the cube holds all neighbours.
    pairs = cKDTree(wrapped, boxsize=spacings).query_pairs(SHORTEST, p=np.inf, output_type="ndarray")
    return pairs[:, 0], pairs[:, 1]
