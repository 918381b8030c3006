"""The bond-valence site energy of a mobile ion, such as Li⁺, everywhere in a crystal, on a grid.

The force field softBV of Chen, Wong and Adams (Acta Cryst. B 75, 18, 2019): anions attract the ion through a Morse
potential, and cations repel it through a screened Coulomb potential; the other mobile ions are left out. The field
equals that of bvlain, but here each ion adds its part to the grid points around it, which takes a tenth of the time
and memory.

symbol        meaning                                                       unit
R             distance of the two ions                                      Å
Q             charge of the mobile ion                                      e
D0, Rmin, α   depth, distance and inverse width of an anion's Morse well     eV, Å, 1/Å
q, n, r       charge, principal quantum number, covalent radius of a cation  e, –, Å
f             0.74, the screening
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..mobile_ions import LITHIUM_ION, MobileIon
from .softbv_parameters import NoSiteEnergy, softbv_parameters

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

REACH = 10.0  # Å, distance beyond which ions are neglected
NEGLIGIBLE = 1e-4  # eV; energies of an ion below it are neglected
SCREENING = 0.74
COULOMB = 14.4  # e²/(4πε₀), eV Å
NEAREST = 0.1  # Å, so that no energy is infinite
MAX_POINTS = 20_000_000  # of the grid, and of the box around an ion: a GB or two


@dataclass(frozen=True, eq=False)
class Ion:
    """An ion of the framework: fractional position (3,), its energy at distances in Å, and its range, Å."""

    position: NDArray[np.float64]
    energy: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    reach: float


def site_energy(crystal: Crystal, resolution: float, ion: MobileIon = LITHIUM_ION) -> NDArray[np.float64]:
    """Site energy of an ion (nx, ny, nz), eV, on a periodic grid with steps of about ``resolution`` Å along the edges.

    Raises ``NoSiteEnergy`` if oxidation states or bond-valence parameters are missing, or the cell is too large.
    """
    shape = grid_shape(crystal.lattice, resolution)
    return summed_energies(framework(*softbv_parameters(crystal, ion), ion), crystal.lattice, shape)


def grid_shape(lattice: NDArray[np.float64], resolution: float) -> NDArray[np.int64]:
    """Number of points along each edge of a cell, (3,). Raises ``NoSiteEnergy`` for too many."""
    shape = np.maximum((np.linalg.norm(lattice, axis=1) // resolution).astype(np.int64) - 1, 1)
    heights = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)
    if max(shape.astype(float).prod(), (2 * REACH / heights * shape + 3).prod()) > MAX_POINTS:
        raise NoSiteEnergy("its cell is too large, or too skewed, for the grid")
    return shape


def summed_energies(ions: list[Ion], lattice: NDArray[np.float64], shape: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum (nx, ny, nz) of the energies of ions and all their images, eV."""
    heights = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)
    total = np.zeros(int(shape.prod()))
    metric = lattice @ lattice.T
    for other in ions:
        half = np.ceil(other.reach / heights * shape).astype(np.int64) + 1
        centre = np.round(other.position * shape).astype(np.int64)
        steps = [np.arange(c - h, c + h + 1) for c, h in zip(centre, half, strict=True)]
        x, y, z = np.ix_(*((s / n - p) for s, n, p in zip(steps, shape, other.position, strict=True)))
        squared = metric[0, 0] * x**2 + metric[1, 1] * y**2 + 2 * metric[0, 1] * x * y
        squared = squared + (metric[2, 2] * z**2 + 2 * metric[1, 2] * y * z) + 2 * metric[0, 2] * x * z
        near = squared < other.reach**2
        i, j, k = np.ix_(*(s % n for s, n in zip(steps, shape, strict=True)))
        point = ((i * shape[1] + j) * shape[2] + k)[near]
        total += np.bincount(point, other.energy(np.sqrt(squared[near])), minlength=len(total))
    return total.reshape(shape)


def framework(atoms: Any, mobile: dict[str, float], ion: MobileIon = LITHIUM_ION) -> list[Ion]:
    """The ions that act on the mobile one, by their ``softbv_parameters``. Raises ``NoSiteEnergy``."""
    energies: dict[tuple[int, float], tuple[Callable[[NDArray[np.float64]], NDArray[np.float64]], float]] = {}
    ions = []
    columns = ("oxi_states", "r_min", "alpha", "d0", "r_c", "n")
    for z, place, *row in zip(
        atoms.numbers, atoms.get_scaled_positions(), *(atoms.arrays[c] for c in columns), strict=True
    ):
        charge, r_min, alpha, depth, radius, n = (float(x) for x in row)
        if charge == 0:
            raise NoSiteEnergy("an atom without charge has no bond valence")
        key = (int(z), charge)
        if key not in energies:
            part = (
                _morse(depth, r_min, alpha)
                if charge < 0
                else _coulomb(charge * ion.charge, np.sqrt(mobile["n"] * n), mobile["r_c"] + radius)
            )
            distances = np.arange(1.0, REACH, 0.05)
            counts = np.abs(part(distances)) > NEGLIGIBLE
            energies[key] = part, float(distances[counts].max(initial=0.95)) + 0.05
        ions.append(Ion(np.asarray(place), *energies[key]))
    return ions


def _morse(depth: float, r_min: float, alpha: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """D0/2 ((exp(α (Rmin − R)) − 1)² − 1)."""
    return lambda r: depth / 2 * ((np.exp(alpha * (r_min - r)) - 1) ** 2 - 1)


def _coulomb(charges: float, n: float, radii: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """14.4 Q q/√(n n') /R erfc(R/(f (r + r'))), for the product of both charges."""
    from scipy.special import erfc

    return lambda r: COULOMB * charges / n / np.maximum(r, NEAREST) * erfc(r / (SCREENING * radii))
