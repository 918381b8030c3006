"""Formula: a fixed composition, with which generation is structure prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from ase.data import chemical_symbols

from ..gen.formula_text import read_formula
from ..gen.skeleton.constraints import Constraints
from .base import Contradiction
from .element_constraints import element, narrow
from .formula_units import formula_units


@dataclass(frozen=True)
class Formula:
    """A formula such as ``Li3PS4`` with ``z`` formula units, as written, in the primitive cell; empty: any number."""

    name: str
    text: str
    counts: tuple[tuple[int, int], ...]  # (atomic number, count) as written, by atomic number
    z: tuple[int, ...] = ()  # ascending

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of ``Li3PS4``, ``Ca(OH)2``, ``Li₃PS₄``, ``CuSO4·5H2O``; counts are whole numbers."""
        found = read_formula(value)
        counts = found.counts
        for number in counts:
            element(chemical_symbols[number])
        return cls(name, found.text, tuple(sorted(counts.items())))

    def times(self, z: object) -> Self:
        """The formula with given numbers of formula units: ``4``, ``1,2,4``, ``1..8``, [1, 2, 4]."""
        return replace(self, z=formula_units(z))

    @property
    def factor(self) -> int:
        """Number of reduced formulas in the formula as written: 2 for Li2O2."""
        return math.gcd(*(count for _, count in self.counts))

    @property
    def smallest(self) -> int:
        """Atoms of the smallest primitive cell that can hold the formula."""
        atoms = sum(count for _, count in self.counts)
        return atoms * self.z[0] if self.z else atoms // self.factor

    @property
    def largest(self) -> int:
        """Atoms of the largest primitive cell that is asked for; ``smallest`` without ``z``."""
        return self.smallest // self.z[0] * self.z[-1] if self.z else self.smallest

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with these elements in these ratios, and with z if it is given."""
        reduced = {number: count // self.factor for number, count in self.counts}
        atoms = sum(reduced.values())
        z = tuple(number * self.factor for number in self.z)
        low, high = constraints.min_atoms, constraints.max_atoms
        fits = [k * atoms for k in (z or range(1, high // atoms + 1)) if low <= k * atoms <= high]
        if not fits:
            any_number = f"{self.text} comes in multiples of {atoms}"
            size = f"{self.z[0]} × {self.text} has {self.smallest}" if z else any_number
            raise Contradiction(f"{size} atoms, the cell may have {low} to {high}")
        narrowed = narrow(constraints, frozenset(reduced), frozenset(reduced))
        return replace(narrowed, formula=reduced, z=z)
