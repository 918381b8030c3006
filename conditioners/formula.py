"""Formula: a fixed composition, with which generation is structure prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from ase.data import chemical_symbols

from ..gen.errors import UserError, shown
from ..gen.formula_text import read_formula
from ..gen.skeleton.constraints import Constraints
from .base import Contradiction
from .element_constraints import element, narrow

LONGEST_COUNT = 9  # digits


@dataclass(frozen=True)
class Formula:
    """A formula such as ``Li3PS4`` with ``z`` formula units, as written, in the primitive cell; None: any number."""

    name: str
    text: str
    counts: tuple[tuple[int, int], ...]  # (atomic number, count) as written, by atomic number
    z: int | None = None

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of ``Li3PS4``, ``Ca(OH)2``, ``Li₃PS₄``, ``CuSO4·5H2O``; counts are whole numbers."""
        found = read_formula(value)
        counts = found.counts
        for number in counts:
            element(chemical_symbols[number])
        return cls(name, found.text, tuple(sorted(counts.items())))

    def times(self, z: object) -> Self:
        """The formula with a fixed number of formula units; raises ``UserError`` unless it is a whole number from 1."""
        text = str(z).strip() if isinstance(z, int | str) else ""
        if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_COUNT) or int(text) < 1:
            raise UserError(f"z = {shown(z)}: the number of formula units is a whole number from 1.")
        return replace(self, z=int(text))

    @property
    def factor(self) -> int:
        """Number of reduced formulas in the formula as written: 2 for Li2O2."""
        return math.gcd(*(count for _, count in self.counts))

    @property
    def smallest(self) -> int:
        """Atoms of the smallest primitive cell that can hold the formula."""
        atoms = sum(count for _, count in self.counts)
        return atoms * self.z if self.z else atoms // self.factor

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with these elements in these ratios, and with z if it is given."""
        reduced = {number: count // self.factor for number, count in self.counts}
        atoms = sum(reduced.values())
        z = self.z * self.factor if self.z else None
        low, high = constraints.min_atoms, constraints.max_atoms
        fits = [k * atoms for k in ([z] if z else range(1, high // atoms + 1)) if low <= k * atoms <= high]
        if not fits:
            size = f"{self.z} × {self.text} has {self.smallest}" if z else f"{self.text} comes in multiples of {atoms}"
            raise Contradiction(f"{size} atoms, the cell may have {low} to {high}")
        narrowed = narrow(constraints, frozenset(reduced), frozenset(reduced))
        return replace(narrowed, formula=reduced, z=z)
