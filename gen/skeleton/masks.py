"""Masks of the skeleton model: at each step the choices after which every constraint can still be met.

They are exact for the number of atoms, the space group, the formula and the elements allowed. Required elements need
one orbit each, which is checked by the number of orbits that still fit: a draw can, rarely, run into a dead end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..elements import MAX_ELEMENT
from ..symmetry.wyckoff_tables import wyckoff_tables
from .constraints import Constraints
from .feasibility import can_finish
from .site_counts import NEVER, most_orbits, positions

Mask = NDArray[np.bool_]


@dataclass(eq=False)
class PartialSkeleton:
    """A skeleton whose number of atoms and space group are chosen and whose orbits are placed one by one.

    symbol          meaning
    constraints     that it must meet
    space_group     number
    left            atoms still to place
    letter          first Wyckoff letter (index) that may come next, by canonical order
    lowest_element  first element (atomic number) that may come next on that letter
    missing         required elements that have no orbit yet
    formula_left    atoms still to place by element; empty without a formula
    positions, elements  of the orbits placed
    """

    constraints: Constraints
    space_group: int
    left: int
    letter: int = 0
    lowest_element: int = 0
    missing: frozenset[int] = field(init=False)
    formula_left: dict[int, int] = field(init=False)
    positions: list[int] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        allowed = self.constraints.allowed
        self._allowed = mask_of(range(1, MAX_ELEMENT + 1) if allowed is None else allowed)
        self.missing = self.constraints.required
        formula = self.constraints.formula or {}
        units = self.left // max(sum(formula.values()), 1)
        self.formula_left = {z: units * count for z, count in formula.items()}

    def next_orbits(self) -> dict[int, Mask]:
        """For each letter that may come next, the elements (MAX_ELEMENT + 1,) that may be placed on it."""
        sites, free = positions(self.space_group)
        most = most_orbits(self.space_group)
        out = {}
        for letter in range(self.letter, len(sites)):
            after = self.left - int(sites[letter])
            following = letter if free[letter] else letter + 1
            if after < 0 or most[following, after] == NEVER:
                continue
            elements = self._elements_on(letter, room=int(most[following, after]))
            if elements.any():
                out[letter] = elements
        return out

    def _elements_on(self, letter: int, room: int) -> Mask:
        """Elements allowed on a letter after which at most ``room`` orbits follow."""
        elements = self._allowed.copy()
        if room < len(self.missing) - 1:
            elements[:] = False
        elif room < len(self.missing):
            elements &= mask_of(self.missing)
        if letter == self.letter:
            elements[: self.lowest_element] = False
        if self.formula_left and elements.any():
            elements &= self._elements_of_formula(letter)
        return elements

    def _elements_of_formula(self, letter: int) -> Mask:
        """Elements of the formula after which the rest of it still fits."""
        sites, free = positions(self.space_group)
        order = sorted(self.formula_left)
        left = tuple(self.formula_left[z] for z in order)
        fitting = []
        for k, z in enumerate(order):
            if left[k] >= sites[letter]:
                rest = (*left[:k], left[k] - int(sites[letter]), *left[k + 1 :])
                step = (letter, rest, k) if free[letter] else (letter + 1, rest, 0)
                if can_finish(self.space_group, *step):
                    fitting.append(z)
        return mask_of(fitting)

    def position(self, letter: int) -> int:
        """The Wyckoff position (row of the Wyckoff tables) of a letter of the space group."""
        return int(wyckoff_tables().position_start[self.space_group]) + letter

    def add(self, letter: int, element: int) -> None:
        """Places an orbit."""
        sites, free = positions(self.space_group)
        self.positions.append(self.position(letter))
        self.elements.append(element)
        self.left -= int(sites[letter])
        self.missing -= {element}
        if self.formula_left:
            self.formula_left[element] -= int(sites[letter])
        self.letter, self.lowest_element = (letter, element) if free[letter] else (letter + 1, 0)


def mask_of(elements: Iterable[int]) -> Mask:
    """The mask (MAX_ELEMENT + 1,) of these elements."""
    mask = np.zeros(MAX_ELEMENT + 1, dtype=bool)
    mask[list(elements)] = True
    return mask
