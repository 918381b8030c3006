"""Supercells for molecular dynamics."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ...gen.symmetry.space_group_search import STRICT_SYMPREC, standard_cell

LONGEST = 8  # cells in a row
DISPLACEMENT = 0.05  # Å, in each direction


def width(lattice: NDArray[np.float64]) -> float:
    """Shortest distance of an atom to its periodic images, Å."""
    steps = np.array([s for s in product(range(-3, 4), repeat=3) if any(s)])
    return float(np.sqrt(((steps @ lattice) ** 2).sum(1)).min())


def supercell(crystal: Crystal, at_least: float, max_atoms: int) -> Crystal | None:
    """The smallest wide enough multiple of the primitive or the conventional cell; None if all have too many atoms.

    argument   meaning
    at_least   required width, Å; if no multiple within ``max_atoms`` is wide enough, the widest is returned
    max_atoms  largest number of atoms in the supercell
    """
    multiples = _multiples(crystal, max_atoms)
    if not multiples:
        return None
    wide = [cell for cell in multiples if width(cell.lattice) >= at_least]
    if wide:
        return min(wide, key=lambda cell: (len(cell), -width(cell.lattice)))
    return max(multiples, key=lambda cell: (round(width(cell.lattice), 3), -len(cell)))


def _multiples(crystal: Crystal, max_atoms: int) -> list[Crystal]:
    multiples = []
    for cell in (crystal, _conventional(crystal)):
        most = max_atoms // len(cell)
        numbers = range(1, min(most, LONGEST) + 1)
        multiples += [repeated(cell, (i, j, k)) for i, j, k in product(numbers, repeat=3) if i * j * k <= most]
    return multiples


def repeated(crystal: Crystal, times: tuple[int, int, int]) -> Crystal:
    """The crystal in a supercell, ``times`` cells along a, b and c; images of an atom are adjacent in the list."""
    shifts = np.array(list(product(*(range(k) for k in times))))
    coords = (crystal.frac_coords[:, None] + shifts[None]) / times
    numbers = np.repeat(crystal.atomic_numbers, len(shifts))
    return Crystal.of(crystal.lattice * np.array(times)[:, None], coords.reshape(-1, 3), numbers, crystal.name)


def displaced(crystal: Crystal, seed: int) -> Crystal:
    """The crystal without its symmetry: each atom is displaced at random by about ``DISPLACEMENT``.

    Symmetry can hold Li⁺ on a saddle point half way between two sites. The cell relaxed with it is then too large: for
    Li6PS5Cl by a half.
    """
    moved = np.random.default_rng(seed).normal(scale=DISPLACEMENT, size=crystal.frac_coords.shape)
    coords = crystal.frac_coords + moved @ np.linalg.inv(crystal.lattice)
    return Crystal.of(crystal.lattice, coords, crystal.atomic_numbers, crystal.name)


def _conventional(crystal: Crystal) -> Crystal:
    wrapped = replace(crystal, frac_coords=crystal.frac_coords % 1.0)
    return standard_cell(wrapped, STRICT_SYMPREC, primitive=False) or crystal
