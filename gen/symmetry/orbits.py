"""Orbits: a crystal as space group, Wyckoff positions and free parameters, with its symmetry by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..crystal import Crystal
from .lattice import coordinates_from_lattice, lattice_from_coordinates
from .space_group_search import MEDIUM_SYMPREC, STRICT_SYMPREC, standard_cell, symmetry_dataset
from .wyckoff_tables import LETTERS, wyckoff_tables

SNAP = 5e-3  # largest fractional distance of a symmetrised site from its Wyckoff position


@dataclass(frozen=True, eq=False)
class Orbits:
    """A crystal as space group, orbits and free parameters; k orbits.

    symbol       meaning                                                     shape, unit
    space_group  number, 1–230
    positions    index of each orbit's Wyckoff position in the tables        (k,)
    elements     atomic number of each orbit                                 (k,)
    theta        x, y, z of each orbit's representative; fixed ones are 0    (k, 3), in [0, 1)
    lattice      log-metric coordinates of the conventional cell             (6,), log Å
    """

    space_group: int
    positions: NDArray[np.int64]
    elements: NDArray[np.int64]
    theta: NDArray[np.float64]
    lattice: NDArray[np.float64]

    @property
    def is_whole(self) -> bool:
        """Whether the shapes agree, and the numbers are finite and known; stored orbits may be damaged."""
        k = len(self.positions)
        shapes = (self.positions.shape, self.elements.shape, self.theta.shape, self.lattice.shape)
        return (
            shapes == ((k,), (k,), (k, 3), (6,))
            and k > 0
            and bool(np.isfinite(self.theta).all() and np.isfinite(self.lattice).all())
            and 1 <= self.space_group <= 230
            and 1 <= self.elements.min() <= self.elements.max() <= 118
            and 0 <= self.positions.min() <= self.positions.max() < len(wyckoff_tables().op_count)
        )

    @property
    def n_atoms(self) -> int:
        """Atoms in the primitive cell."""
        return int(wyckoff_tables().op_count[self.positions].sum())

    @property
    def composition(self) -> dict[int, int]:
        """Atoms in the primitive cell by atomic number."""
        return composition_of(self.positions.tolist(), self.elements.tolist())

    @property
    def label(self) -> str:
        """Space group and orbits as text, e.g. ``225: Na 4a, Cl 4b``."""
        from ase.data import chemical_symbols

        tables = wyckoff_tables()
        parts = [f"{chemical_symbols[z]} {tables.label(p)}" for z, p in zip(self.elements, self.positions, strict=True)]
        return f"{self.space_group}: " + ", ".join(parts)


def composition_of(positions: Sequence[int], elements: Sequence[int]) -> dict[int, int]:
    """Atoms in the primitive cell by atomic number, from the Wyckoff position and the element of each orbit."""
    sites = wyckoff_tables().op_count
    counts: dict[int, int] = {}
    for position, element in zip(positions, elements, strict=True):
        counts[element] = counts.get(element, 0) + int(sites[position])
    return counts


class NoOrbits(ValueError):
    """A crystal that cannot be written as orbits; the message gives the reason."""


def orbits_of(crystal: Crystal, symprec: float = MEDIUM_SYMPREC) -> Orbits:
    """Space group and orbits of a crystal, found by spglib at a tolerance in Å.

    Raises ``NoOrbits`` for a crystal that is not finite or whose symmetry spglib cannot find.
    """
    if not crystal.is_finite:
        raise NoOrbits("the coordinates or the cell are not finite, or the cell is flat")
    tables = wyckoff_tables()
    found = symmetry_dataset(crystal, symprec)
    if found is not None and found.hall_number != tables.hall[found.number]:
        found = symmetry_dataset(crystal, symprec, int(tables.hall[found.number]))
    if found is None:
        raise NoOrbits(f"spglib finds no symmetry at {symprec} Å")
    to_input = {int(p): i for i, p in enumerate(found.mapping_to_primitive)}
    source = np.array([to_input[int(p)] for p in found.std_mapping_to_primitive])
    orbit_of = np.asarray(found.crystallographic_orbits)[source]
    first = int(tables.position_start[found.number])
    positions, elements, thetas = [], [], []
    for orbit in np.unique(orbit_of):
        members = np.flatnonzero(orbit_of == orbit)
        position = first + LETTERS.index(found.wyckoffs[source[members[0]]])
        if len(members) != tables.multiplicity[position]:
            raise NoOrbits(f"an orbit of {len(members)} sites on Wyckoff position {tables.label(position)}")
        positions.append(position)
        elements.append(int(found.std_types[members[0]]))
        thetas.append(_free_parameters(position, found.std_positions[members]))
    order = np.lexsort((np.array(elements), np.array(positions)))
    return Orbits(
        int(found.number),
        np.array(positions)[order],
        np.array(elements)[order],
        np.array(thetas)[order],
        coordinates_from_lattice(found.std_lattice, int(found.number)),
    )


def _free_parameters(position: int, sites: NDArray[np.float64]) -> NDArray[np.float64]:
    """θ (3,) of the one of ``sites`` (m, 3) that is nearest to the first representative of the position."""
    tables = wyckoff_tables()
    linear, offset = tables.linear[position], tables.offset[position]
    theta = np.zeros_like(sites)
    for k in range(3):
        # each free parameter stands alone, with coefficient ±1, in some coordinate
        alone = [i for i in range(3) if abs(linear[i, k]) == 1 and np.count_nonzero(linear[i]) == 1]
        if alone:
            theta[:, k] = (sites - offset)[:, alone[0]] * linear[alone[0], k]
    left = theta @ linear.T + offset - sites
    distance = np.abs(left - np.round(left)).max(1)
    best = int(distance.argmin())
    if distance[best] > SNAP:
        raise NoOrbits(f"no site lies on Wyckoff position {tables.label(position)} (off by {distance[best]:.3f})")
    return theta[best] % 1.0


def crystal_of(orbits: Orbits, name: str = "", primitive: bool = False) -> Crystal:
    """Crystal of orbits, in the conventional cell or in the primitive one."""
    import torch  # here because torch takes seconds to import

    tables = wyckoff_tables()
    sites, numbers = [], []
    for position, element, theta in zip(orbits.positions, orbits.elements, orbits.theta, strict=True):
        start, count = int(tables.op_start[position]), int(tables.op_count[position])
        representative = tables.linear[position] @ theta + tables.offset[position]
        rotation = tables.op_rotation[start : start + count]
        sites.append(rotation @ representative + tables.op_translation[start : start + count])
        numbers.append(np.full(count, element))
    coords, elements = np.concatenate(sites), np.concatenate(numbers)
    group = torch.tensor([orbits.space_group])
    lattice = lattice_from_coordinates(torch.as_tensor(orbits.lattice, dtype=torch.float64)[None], group)[0].numpy()
    cell = tables.primitive[orbits.space_group]
    if primitive:
        return Crystal.of(cell @ lattice, (coords @ np.linalg.inv(cell)) % 1.0, elements, name)
    points = lattice_points(orbits.space_group)
    coords = (coords[:, None] + points[None]).reshape(-1, 3) % 1.0
    return Crystal.of(lattice, coords, np.repeat(elements, len(points)), name)


def primitive_cell(crystal: Crystal, symprec: float = STRICT_SYMPREC) -> Crystal:
    """The crystal in a primitive cell, its atoms not moved; the crystal itself where spglib finds no smaller cell."""
    found = standard_cell(crystal, symprec, primitive=True)
    return crystal if found is None or len(found) >= len(crystal) else found


def lattice_points(space_group: int) -> NDArray[np.float64]:
    """Centring translations (c, 3) of the conventional cell, zero first."""
    return {
        "P": np.array([[0, 0, 0]]),
        "A": np.array([[0, 0, 0], [0, 0.5, 0.5]]),
        "C": np.array([[0, 0, 0], [0.5, 0.5, 0]]),
        "I": np.array([[0, 0, 0], [0.5, 0.5, 0.5]]),
        "F": np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]),
        "R": np.array([[0, 0, 0], [2 / 3, 1 / 3, 1 / 3], [1 / 3, 2 / 3, 2 / 3]]),
    }[str(wyckoff_tables().centring[space_group])]
