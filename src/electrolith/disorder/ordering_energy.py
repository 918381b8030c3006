"""The Ewald energy of an ordering as a quadratic form, with all exchanges of two places at once.

An ordering gives each mixed place one of the contents of its class: an element, or a vacancy. With x = 1 for each pair
of place and content that it has, and 0 for all others, its energy is E = E₀ + hᵀx + xᵀB x. B holds the energies of the
pairs with formal charges and a wall against atoms that are closer than the check ``distances`` allows: Coulomb's
energy alone would put Li⁺ on top of an anion.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from ase.data import covalent_radii
from numpy.typing import NDArray

from .average_cell import AverageCell
from .ewald_pairs import pair_energies
from .formal_charges import FormalCharges
from .placements import VACANT, ClassOfPlaces, classes_of
from .rounding import Rounding
from .supercell import Supercell

CLOSEST = 0.67  # of the sum of the covalent radii, as in the check ``distances``
WALL = 25.0  # eV for a pair at this distance, more for a closer one


class OrderingEnergy:
    """The energies of all orderings of a supercell.

    symbol     meaning                                                        shape
    classes    classes of mixed places
    variables  number of the first variable of each place; a place has one    (n,)
               for each content of its class
    fixed      place and atomic number of the places that are not mixed       (f, 2)
    """

    def __init__(self, cell: AverageCell, rounding: Rounding, supercell: Supercell, charges: FormalCharges) -> None:
        self.supercell = supercell
        self._curvatures: dict[tuple[int, int, int], NDArray[np.float64]] = {}
        self.classes, places, contents = classes_of(cell, rounding, supercell)
        self.variables = np.full(len(supercell.positions), -1)
        self.variables[places[::-1]] = np.arange(len(places))[::-1]
        mixed = self.variables >= 0
        fixed = np.flatnonzero(~mixed)
        species = [next(iter(cell.shares[c])) for c in supercell.classes[fixed]]
        self.fixed = np.stack([fixed, np.array(species, dtype=np.int64)], axis=1).reshape(-1, 2)
        pairs, nearest = pair_energies(supercell.positions, supercell.lattice)
        charge = np.array([charges.of.get(z, 0.0) for z in contents])
        radii = np.where(contents == VACANT, np.nan, covalent_radii[contents])
        self.matrix = charge[:, None] * charge[None] * pairs[np.ix_(places, places)]
        self.matrix += _wall(nearest[np.ix_(places, places)], radii, radii) / 2  # each pair counts twice
        same = places[:, None] == places[None]
        self.matrix[same] = 0.0
        own = charge**2 * pairs[places, places]
        fixed_charge = np.array([charges.of[z] for z in species])
        field = pairs[np.ix_(places, fixed)] @ fixed_charge if len(fixed) else np.zeros(len(places))
        self.linear = own + 2 * charge * field
        if len(fixed):
            self.linear += _wall(nearest[np.ix_(places, fixed)], radii, covalent_radii[species]).sum(axis=1)
        self.constant = float(fixed_charge @ pairs[np.ix_(fixed, fixed)] @ fixed_charge) if len(fixed) else 0.0

    def of(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Energies (k,), eV per supercell, of orderings x (k, v)."""
        return self.constant + vectors @ self.linear + np.einsum("kv,kv->k", vectors @ self.matrix, vectors)

    def gradient(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """h + 2 B x, (v,)."""
        return self.linear + 2 * self.matrix @ vector

    def exchanges(
        self, group: ClassOfPlaces, chosen: NDArray[np.int64], gradient: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """All pairs of places of a class with different contents, and the change of energy by their exchange.

        ``chosen`` (m,) is the index of the content of each place. The pairs are indices into the class.
        """
        start = self.variables[group.places]
        found = []
        for a, b in combinations(range(len(group.contents)), 2):
            with_a, with_b = np.flatnonzero(chosen == a), np.flatnonzero(chosen == b)
            gain = gradient[start + b] - gradient[start + a]  # of b instead of a
            change = gain[with_a][:, None] - gain[with_b][None]
            change += self._curvature(group, a, b)[np.ix_(with_a, with_b)]
            found.append((np.repeat(with_a, len(with_b)), np.tile(with_b, len(with_a)), change.ravel()))
        none = np.zeros(0, dtype=np.int64)
        if not found:
            return none, none, np.zeros(0)
        first, second, changes = zip(*found, strict=True)
        return np.concatenate(first), np.concatenate(second), np.concatenate(changes)

    def _curvature(self, group: ClassOfPlaces, a: int, b: int) -> NDArray[np.float64]:
        """δᵀ B δ (m, m) of the exchange of content a on one place with b on another; computed once."""
        key = (int(group.places[0]), a, b)
        if key not in self._curvatures:
            start, matrix = self.variables[group.places], self.matrix
            on_a, on_b = start + a, start + b
            between = matrix[np.ix_(on_b, on_b)] - matrix[np.ix_(on_b, on_a)]
            between += matrix[np.ix_(on_a, on_a)] - matrix[np.ix_(on_a, on_b)]
            own = matrix[on_a, on_a] + matrix[on_b, on_b] - 2 * matrix[on_a, on_b]
            self._curvatures[key] = own[:, None] + own[None] - 2 * between
        return self._curvatures[key]


def _wall(
    distances: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Energy of the wall for each pair; none for vacancies, whose radius is NaN."""
    with np.errstate(invalid="ignore"):
        share = distances / (CLOSEST * (first[:, None] + second[None]))
        return np.where(share < 1.0, WALL * (1.0 + 4.0 * (1.0 - share)), 0.0)
