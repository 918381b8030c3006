"""A choice of oxidation states for the elements of a formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from .ion_states import has_open_shell, is_redox_active

Formula = tuple[tuple[int, float], ...]  # (atomic number, count) of each element, in order of atomic numbers


@dataclass(frozen=True)
class Assignment:
    """One choice of oxidation states.

    symbol      meaning
    states      by atomic number
    averaged    the element with an average state, if there is one
    bonded      whether its atoms are bonded to their like
    """

    states: Mapping[int, float]
    averaged: int | None = None
    bonded: bool = False

    @property
    def ions(self) -> tuple[tuple[int, int], ...]:
        """Every ion as (atomic number, state): two for a metal with an average state."""
        return tuple((z, n) for z, s in self.states.items() for n in {floor(s), ceil(s)})

    @property
    def anions(self) -> tuple[int, ...]:
        """Atomic numbers of the anions."""
        return tuple(z for z, state in self.states.items() if state < 0)

    @property
    def redox_active(self) -> tuple[int, ...]:
        """Atomic numbers of the elements with ions that change their state easily."""
        return tuple(dict.fromkeys(z for z, state in self.ions if is_redox_active(z, state)))

    @property
    def has_open_shells(self) -> bool:
        """Whether a d or f shell is partly filled."""
        return any(has_open_shell(z, state) for z, state in self.ions)

    def leaves_half_filled(self, formula: Formula) -> bool:
        """Whether a formula unit holds an odd number of electrons, and no ion has an open shell."""
        return sum(z * count for z, count in formula) % 2 == 1 and not self.has_open_shells
