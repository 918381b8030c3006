"""Coulomb energies of pairs of unit charges in a periodic cell, by Ewald's sum, and their shortest distances.

P. P. Ewald, Ann. Phys. 369, 253, 1921. The energy of the charges q is qᵀ A q. The sums converge for a neutral cell; a
charged one has a uniform background. pymatgen's ``EwaldSummation`` gives the same energies.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

COULOMB = 14.399645  # e²/(4π ε0), eV Å
PRECISION = 16.0  # −ln of the relative size of the terms that are left out
CHUNK = 4_000_000  # numbers at once


def pair_energies(
    positions: NDArray[np.float64], lattice: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Energies A (n, n), eV, of unit charges at fractional positions (n, 3), and shortest distances (n, n), Å.

    The distance of a place to itself is that to its nearest image.
    """
    n, volume = len(positions), abs(float(np.linalg.det(lattice)))
    width = 2.2 * (n / volume**2) ** (1 / 6)  # α, 1/Å: both sums take about as long
    real, nearest = _real_space(positions, lattice, width)
    energies = (
        0.5 * COULOMB * (real + _reciprocal_space(positions, lattice, width, volume) - np.pi / (volume * width**2))
    )
    energies[np.diag_indices(n)] -= COULOMB * width / np.sqrt(np.pi)
    return energies, nearest


def _real_space(
    positions: NDArray[np.float64], lattice: NDArray[np.float64], width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = len(positions)
    radius = np.sqrt(PRECISION) / width
    steps = positions[:, None] - positions[None]
    steps -= np.rint(steps)
    cartesian = (steps @ lattice).reshape(-1, 3)
    spacing = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)  # between lattice planes, Å
    reach = [range(-int(k), int(k) + 1) for k in np.ceil(radius / spacing + 0.5)]
    total, nearest = np.zeros(n * n), np.full(n * n, np.inf)
    own = np.eye(n, dtype=bool).reshape(-1)
    for shift in product(*reach):
        offset = np.array(shift) @ lattice
        distances = np.sqrt(((cartesian + offset) ** 2).sum(axis=1))
        if not any(shift):
            distances[own] = np.inf
        near = distances < radius
        total[near] += erfc(width * distances[near]) / distances[near]
        np.minimum(nearest, distances, out=nearest)
    return total.reshape(n, n), nearest.reshape(n, n)


def _reciprocal_space(
    positions: NDArray[np.float64], lattice: NDArray[np.float64], width: float, volume: float
) -> NDArray[np.float64]:
    radius = 2 * width * np.sqrt(PRECISION)
    reciprocal = 2 * np.pi * np.linalg.inv(lattice).T  # rows
    reach = [range(-int(k), int(k) + 1) for k in np.ceil(radius * np.linalg.norm(lattice, axis=1) / (2 * np.pi))]
    waves = np.array(list(product(*reach)))
    waves = waves[len(waves) // 2 + 1 :]  # one of k and −k, without 0
    squares = ((waves @ reciprocal) ** 2).sum(axis=1)
    waves, squares = waves[squares < radius**2], squares[squares < radius**2]
    weights = np.sqrt(2 * 4 * np.pi / volume * np.exp(-squares / (4 * width**2)) / squares)
    total = np.zeros((len(positions), len(positions)))
    chunk = max(1, CHUNK // len(positions))
    for start in range(0, len(waves), chunk):
        part = slice(start, start + chunk)
        phases = 2 * np.pi * positions @ waves[part].T
        for wave in (np.cos(phases) * weights[part], np.sin(phases) * weights[part]):
            total += wave @ wave.T
    return total
