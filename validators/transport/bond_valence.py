"""The bond-valence site energy of Li⁺ everywhere in a crystal, on a grid.

The force field softBV of Chen, Wong and Adams (Acta Cryst. B 75, 18, 2019): Li⁺ is drawn by anions through a Morse
potential and pushed away by cations through a screened Coulomb potential; the other Li⁺ are left out. Oxidation states
are those of the bond lengths or, where none of them fit or have parameters, of the composition. The parameters
come from bvlain (A. D. Dembitskiy, https://github.com/dembart/BVlain; MIT), whose own field this equals: here each ion
adds its part to the grid points around it, which takes a tenth of the time and of the memory.

symbol        meaning                                                       unit
R             distance of Li⁺ from the ion
D0, Rmin, α   depth, distance and inverse width of an anion's Morse well     eV, Å, 1/Å
q, n, r       charge, principal quantum number, covalent radius of a cation  e, –, Å
f             0.74, the screening
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...gen.errors import UserError

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MOBILE = 3  # atomic number
REACH = 10.0  # Å, the farthest ion that counts
NEGLIGIBLE = 1e-4  # eV; an ion counts as far as its part is larger
SCREENING = 0.74
COULOMB = 14.4  # e²/(4πε₀), eV Å
NEAREST = 0.1  # Å, so that no part is infinite
MAX_POINTS = 20_000_000  # of the grid, and of the box around an ion: a GB or two


class NoSiteEnergy(ValueError):
    """The site energy of this crystal cannot be known; the message says why."""


@dataclass(frozen=True, eq=False)
class Ion:
    """An ion of the framework: fractional position (3,), its part of the energy at distances in Å, and its reach, Å."""

    position: NDArray[np.float64]
    energy: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    reach: float


def site_energy(crystal: Crystal, resolution: float) -> NDArray[np.float64]:
    """Site energy of Li⁺ (nx, ny, nz), eV, on a periodic grid whose steps along the edges are about ``resolution`` Å.

    Raises ``NoSiteEnergy`` where oxidation states or bond-valence parameters are missing, or the cell is too large.
    """
    edges = np.linalg.norm(crystal.lattice, axis=1)
    shape = np.maximum((edges // resolution).astype(np.int64) - 1, 1)
    heights = 1 / np.linalg.norm(np.linalg.inv(crystal.lattice), axis=0)
    if max(shape.astype(float).prod(), (2 * REACH / heights * shape + 3).prod()) > MAX_POINTS:
        raise NoSiteEnergy("its cell is too large, or too skewed, for the grid")
    total = np.zeros(int(shape.prod()))
    metric = crystal.lattice @ crystal.lattice.T
    for ion in framework(crystal):
        half = np.ceil(ion.reach / heights * shape).astype(np.int64) + 1
        centre = np.round(ion.position * shape).astype(np.int64)
        steps = [np.arange(c - h, c + h + 1) for c, h in zip(centre, half, strict=True)]
        x, y, z = np.ix_(*((s / n - p) for s, n, p in zip(steps, shape, ion.position, strict=True)))
        squared = metric[0, 0] * x**2 + metric[1, 1] * y**2 + 2 * metric[0, 1] * x * y
        squared = squared + (metric[2, 2] * z**2 + 2 * metric[1, 2] * y * z) + 2 * metric[0, 2] * x * z
        near = squared < ion.reach**2
        i, j, k = np.ix_(*(s % n for s, n in zip(steps, shape, strict=True)))
        point = ((i * shape[1] + j) * shape[2] + k)[near]
        total += np.bincount(point, ion.energy(np.sqrt(squared[near])), minlength=len(total))
    return total.reshape(shape)


def framework(crystal: Crystal) -> list[Ion]:
    """The ions that act on Li⁺. Raises ``NoSiteEnergy``."""
    atoms, mobile = _parameters(crystal)
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
                else _coulomb(charge, np.sqrt(mobile["n"] * n), mobile["r_c"] + radius)
            )
            distances = np.arange(1.0, REACH, 0.05)
            counts = np.abs(part(distances)) > NEGLIGIBLE
            energies[key] = part, float(distances[counts].max(initial=0.95)) + 0.05
        ions.append(Ion(np.asarray(place), *energies[key]))
    return ions


def _morse(depth: float, r_min: float, alpha: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """D0/2 ((exp(α (Rmin − R)) − 1)² − 1)."""
    return lambda r: depth / 2 * ((np.exp(alpha * (r_min - r)) - 1) ** 2 - 1)


def _coulomb(charge: float, n: float, radii: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """14.4 q/√(n n') /R erfc(R/(f (r + r')))."""
    from scipy.special import erfc

    return lambda r: COULOMB * charge / n / np.maximum(r, NEAREST) * erfc(r / (SCREENING * radii))


def _parameters(crystal: Crystal) -> tuple[Any, dict[str, float]]:
    """bvlain's parameters: an ``Atoms`` of the framework with a column each, and those of Li⁺."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it imports what scipy is about to drop
            from bvlain import Lain
    except ImportError as error:
        raise UserError("The Li⁺ barrier needs bvlain: pip install 'electrolith[screen]'") from error
    lain = Lain(verbose=False)
    reason = "no oxidation states fit its bond lengths or its composition"
    for with_charges in (_by_bond_lengths, _by_composition):
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                lain.read_structure(with_charges(crystal.structure), oxi_check=False)
                states = lain.atoms_copy.arrays["oxi_states"][lain.atoms_copy.numbers == MOBILE]
                if (states == 1).all():
                    lain._get_params("Li1+")
                    return lain.atoms, {"n": float(lain.n_mi), "r_c": float(lain.rc_mi)}
            reason = "its lithium would not be Li+"
        except KeyError:
            reason = "bond-valence parameters are missing for one of its ions"
        except ValueError:
            continue
    raise NoSiteEnergy(reason)


def _by_bond_lengths(structure: Any) -> Any:
    """The structure with the oxidation states that its bond lengths ask for. Raises ``ValueError`` without any."""
    from pymatgen.analysis.bond_valence import BVAnalyzer

    return BVAnalyzer(forbidden_species=["O-", "P3-"]).get_oxi_state_decorated_structure(structure)


def _by_composition(structure: Any) -> Any:
    """The structure with the likeliest whole oxidation states of its composition. Raises ``ValueError`` without any."""
    guesses = structure.composition.reduced_composition.oxi_state_guesses()
    whole = [g for g in guesses if all(float(q).is_integer() and q for q in g.values())]
    if not whole:
        raise ValueError("no oxidation states balance")
    decorated = structure.copy()
    decorated.add_oxidation_state_by_element({e: int(q) for e, q in whole[0].items()})
    return decorated
