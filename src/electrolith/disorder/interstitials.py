"""Interstitial sites for ions that compensate a charge: voids of the lowest electrostatic energy for the ion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
from ase.data import chemical_symbols, covalent_radii
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from .average_cell import AverageCell
from .ewald_pairs import pair_energies

OPPOSITE = 0.85  # of the sum of covalent radii: closest ion of opposite charge
ALIKE = 0.75  # of the same: closest ion of the same charge, which may have to move
MERGED = 0.5  # Å: voids closer than this are one
MOST = 40  # kinds of voids that are compared
FULLEST = 0.5  # largest share of a void


def with_interstitials(
    crystal: DisorderedCrystal, cell: AverageCell, z: int, number: float, charges: Mapping[int, float]
) -> DisorderedCrystal:
    """The primitive cell of the crystal with ``number`` more atoms of an element per cell of the crystal, in voids.

    Raises ``UserError`` where there is no void for them.
    """
    share = crystal.volume / abs(float(np.linalg.det(cell.lattice)))
    needed, placed = number / share, []
    for orbit in voids(cell, z, charges):
        placed.append((orbit, min(FULLEST, needed / len(orbit))))
        needed -= placed[-1][1] * len(orbit)
        if needed < 1e-6:
            break
    if needed >= 1e-6:
        raise UserError(
            f"the charge needs {number:.3g} {chemical_symbols[z]} more, but its sites are full and there is no void "
            "for them: substitute a smaller share."
        )
    kinds = max(cell.classes.tolist()) + 1
    shares = [dict(cell.shares[c]) for c in cell.classes]
    positions = [cell.positions, *(orbit for orbit, _ in placed)]
    sites = [cell.classes, *(np.full(len(orbit), kinds + k) for k, (orbit, _) in enumerate(placed))]
    shares += [{z: part} for orbit, part in placed for _ in orbit]
    words = ", ".join(" ".join(f"{x:.3f}" for x in orbit[0]) for orbit, _ in placed)
    return replace(
        crystal,
        lattice=cell.lattice,
        frac_coords=np.concatenate(positions),
        shares=tuple(shares),
        sites=np.concatenate(sites),
        labels=(),
        remarks=(*crystal.remarks, f"{chemical_symbols[z]} is put into voids at {words} of the primitive cell."),
    )


def voids(cell: AverageCell, z: int, charges: Mapping[int, float]) -> list[NDArray[np.float64]]:
    """Orbits (k, 3) of voids, those of the lowest energy of the ion first."""
    shifts = np.array(list(product((-1, 0, 1), repeat=3)))
    images = (cell.positions[:, None] + shifts[None]).reshape(-1, 3) @ cell.lattice
    corners = Voronoi(images).vertices @ np.linalg.inv(cell.lattice)
    inside = corners[((corners > -1e-6) & (corners < 1 - 1e-6)).all(axis=1)]
    kept: list[tuple[float, NDArray[np.float64]]] = []
    charge = np.array([sum(charges[k] * n for k, n in cell.shares[c].items()) for c in cell.classes])
    radii = np.array([max(covalent_radii[k] for k in cell.shares[c]) for c in cell.classes])
    for corner in inside:
        orbit = _orbit(cell, corner)
        if any(_distance(cell, orbit[0], other).min() < MERGED for _, other in kept):
            continue
        pairs, distances = pair_energies(np.vstack([orbit[:1], cell.positions]), cell.lattice)
        alike = charge * charges[z] > 0
        least = np.where(alike, ALIKE, OPPOSITE) * (radii + covalent_radii[z])
        if (distances[0, 1:] >= least).all():
            kept.append((2 * charges[z] * float(pairs[0, 1:] @ charge), orbit))
        if len(kept) == MOST:
            break
    return [orbit for _, orbit in sorted(kept, key=lambda one: one[0])]


def _orbit(cell: AverageCell, position: NDArray[np.float64]) -> NDArray[np.float64]:
    """The images of a position by symmetry; those that are close to each other are one, at their mean."""
    images = (np.einsum("gij,j->gi", cell.rotations, position) + cell.translations) % 1.0
    kept: list[NDArray[np.float64]] = []
    left = list(images)
    while left:
        distances = _distance(cell, left[0], np.array(left))
        near = [one for one, d in zip(left, distances, strict=True) if d < MERGED]
        steps = np.array(near) - left[0]
        kept.append((left[0] + (steps - np.rint(steps)).mean(axis=0)) % 1.0)
        left = [one for one, d in zip(left, distances, strict=True) if d >= MERGED]
    return np.array(kept)


def _distance(cell: AverageCell, position: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = others - position
    return np.linalg.norm((steps - np.rint(steps)) @ cell.lattice, axis=1)
