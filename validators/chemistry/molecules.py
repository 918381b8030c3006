"""The molecules and polyanions of a crystal: connected non-metal atoms after the metals are removed.

Two non-metals are bonded if their distance is below 1.2 times the sum of their covalent radii (Cordero et al., Dalton
Trans. 2832, 2008), or below the sum plus 0.3 Å, which is larger for hydrogen. Hydrogen keeps its shortest bond only, so
that hydrogen bonds never join molecules. A molecule that reaches its own periodic image (SiO2, diamond, graphite) is an
infinite network.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..structure.neighbours import Pairs, PeriodicPoints

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

BOND, SLACK = 1.2, 0.3  # of the sum of the covalent radii; Å beyond it
HYDROGEN = 1
# in the order of formulas: B Si Ge C Sb As P N H Te Se S I Br Cl O F
NONMETALS = (5, 14, 32, 6, 51, 33, 15, 7, 1, 52, 34, 16, 53, 35, 17, 8, 9)
USUAL_NAMES = {"HO": "OH"}


@dataclass(frozen=True)
class Molecule:
    """Connected non-metal atoms, or a single one.

    symbol    meaning                                          shape
    elements  atomic number of each atom, ascending            (m,)
    bonds     pairs of atoms                                   (b, 2)
    infinite  whether it is a periodic network
    """

    elements: tuple[int, ...]
    bonds: tuple[tuple[int, int], ...]
    infinite: bool = False

    @property
    def formula(self) -> str:
        """Formula, e.g. ``PO4``; for a network, of its atoms in the cell."""
        from ase.data import chemical_symbols

        counts = Counter(self.elements)
        parts = [chemical_symbols[z] + (str(counts[z]) if counts[z] > 1 else "") for z in NONMETALS if z in counts]
        return USUAL_NAMES.get("".join(parts), "".join(parts))


def molecules_of(crystal: Crystal) -> list[Molecule]:
    """All molecules, single ions and networks of the non-metals in a cell without overlapping atoms."""
    atoms = np.flatnonzero(np.isin(crystal.atomic_numbers, NONMETALS))
    bonds = _bonds(crystal)
    neighbours: dict[int, list[tuple[int, NDArray[np.int64]]]] = {int(i): [] for i in atoms}
    for i, j, image in zip(bonds.first.tolist(), bonds.second.tolist(), bonds.image, strict=True):
        neighbours[i].append((j, image))
    found = []
    left = set(neighbours)
    while left:
        start = min(left)
        where = {start: np.zeros(3, dtype=np.int64)}  # the cell of each atom of the molecule
        infinite = False
        queue = deque([start])
        while queue:
            i = queue.popleft()
            for j, image in neighbours[i]:
                if j not in where:
                    where[j] = where[i] + image
                    queue.append(j)
                elif (where[j] != where[i] + image).any():
                    infinite = True
        left -= set(where)
        found.append(_molecule(crystal, sorted(where), neighbours, infinite))
    return found


def _molecule(
    crystal: Crystal, members: list[int], neighbours: dict[int, list[tuple[int, NDArray[np.int64]]]], infinite: bool
) -> Molecule:
    elements = {i: int(crystal.atomic_numbers[i]) for i in members}
    around = {i: sorted(elements[j] for j, _ in neighbours[i]) for i in members}
    ordered = sorted(members, key=lambda i: (elements[i], around[i]))
    place = {i: k for k, i in enumerate(ordered)}
    bonds = sorted({tuple(sorted((place[i], place[j]))) for i in members for j, _ in neighbours[i]})
    return Molecule(tuple(elements[i] for i in ordered), tuple((a, b) for a, b in bonds), infinite)


def _bonds(crystal: Crystal) -> Pairs:
    """Bonds between non-metals, each in both directions."""
    from ase.data import covalent_radii

    radii = np.where(np.isin(crystal.atomic_numbers, NONMETALS), covalent_radii[crystal.atomic_numbers], 0.0)
    pairs = PeriodicPoints(crystal).pairs(2 * BOND * float(radii.max()) + SLACK)
    one, other = radii[pairs.first], radii[pairs.second]
    reach = np.maximum(BOND * (one + other), one + other + SLACK)
    bonded = (one > 0) & (other > 0) & (pairs.distance < reach)
    hydrogen = crystal.atomic_numbers == HYDROGEN
    shortest = np.full(len(crystal), np.inf)
    np.minimum.at(shortest, pairs.first[bonded], pairs.distance[bonded])
    for end in (pairs.first, pairs.second):
        bonded &= ~hydrogen[end] | (pairs.distance <= shortest[end] + 1e-3)
    return Pairs(pairs.first[bonded], pairs.second[bonded], pairs.image[bonded], pairs.distance[bonded])
