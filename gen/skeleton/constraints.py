"""Hard conditions on a skeleton, kept by masks whatever the network predicts."""

from __future__ import annotations

from dataclasses import dataclass

from .framework import Framework


@dataclass(frozen=True)
class Constraints:
    """Hard conditions on a skeleton; the default is at most 20 atoms and nothing else.

    symbol        meaning
    space_groups  allowed numbers; empty: any
    allowed       allowed atomic numbers; None: all that the model knows
    required      atomic numbers that must occur
    formula       reduced formula, atomic number → count; None: any
    z             allowed numbers of formula units in the primitive cell; empty: any that fits
    min_atoms, max_atoms  number of atoms in the primitive cell, inclusive
    framework     orbits that must occur; new ones hold its infill. None: any orbits
    """

    space_groups: tuple[int, ...] = ()
    allowed: frozenset[int] | None = None
    required: frozenset[int] = frozenset()
    formula: dict[int, int] | None = None
    z: tuple[int, ...] = ()
    min_atoms: int = 1
    max_atoms: int = 20
    framework: Framework | None = None

    def allows_units(self, z: int) -> bool:
        """Whether the primitive cell may hold ``z`` formula units."""
        return not self.z or z in self.z
