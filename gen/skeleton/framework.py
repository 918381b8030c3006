"""A framework: orbits of a known crystal that every skeleton must contain, and what may be drawn beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..symmetry.orbits import composition_of
from ..symmetry.wyckoff_tables import wyckoff_tables

Orbit = tuple[int, int]  # Wyckoff position, element


@dataclass(frozen=True)
class Framework:
    """k orbits with their geometry, in canonical order: by Wyckoff position, then by element.

    symbol       meaning                                                              unit
    space_group  number
    positions    Wyckoff position of each orbit                                        k
    elements     atomic number of each orbit                                           k
    theta        free parameters of each orbit                                         k × 3
    lattice      log-metric coordinates of the conventional cell                       6, log Å
    infill       elements that may be drawn on new orbits
    sizes        allowed numbers of atoms in the primitive cell; empty: any
    """

    space_group: int
    positions: tuple[int, ...]
    elements: tuple[int, ...]
    theta: tuple[tuple[float, ...], ...]
    lattice: tuple[float, ...]
    infill: frozenset[int]
    sizes: frozenset[int] = frozenset()

    @property
    def orbits(self) -> tuple[Orbit, ...]:
        """Wyckoff position and element of each orbit."""
        return tuple(zip(self.positions, self.elements, strict=True))

    @property
    def composition(self) -> dict[int, int]:
        """Atoms of the framework in the primitive cell by atomic number."""
        return composition_of(self.positions, self.elements)

    @property
    def n_atoms(self) -> int:
        """Atoms of the framework in the primitive cell."""
        return sum(self.composition.values())

    @property
    def full_letters(self) -> frozenset[int]:
        """Letters (indices) without free coordinates that the framework occupies: no other orbit fits there."""
        tables = wyckoff_tables()
        return frozenset(int(tables.letter[p]) for p in self.positions if tables.dof[p] == 0)

    def places_in(self, positions: Sequence[int], elements: Sequence[int]) -> list[int]:
        """Index of each orbit of the framework among the orbits of a skeleton that contains it.

        Of several orbits of one element on one Wyckoff position the first ones are the framework's.
        """
        places, start = [], 0
        skeleton = list(zip(positions, elements, strict=True))
        for orbit in self.orbits:
            start = skeleton.index(orbit, start)
            places.append(start)
            start += 1
        return places
