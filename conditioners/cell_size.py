"""Size of the primitive cell: its number of atoms, or a limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from ..gen.cell_limits import MAX_ATOMS
from ..gen.errors import UserError, shown
from ..gen.skeleton.constraints import Constraints
from .base import Contradiction

LONGEST = 9  # digits of a number
USUAL_ATOMS = 20  # of the largest cells without a condition on the size
FORMULA_ATOMS = 52  # the same for a formula, whose usual cell may be larger


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST) or int(text) < 1:
        raise UserError(f"{name} = {shown(text)}: write a whole number of atoms from 1, or a range such as 8..16.")
    if int(text) > MAX_ATOMS:
        raise UserError(f"{name} = {text}: the models know primitive cells of at most {MAX_ATOMS} atoms; write fewer.")
    return int(text)


def _within(constraints: Constraints, low: int, high: int) -> Constraints:
    low, high = max(low, constraints.min_atoms), min(high, constraints.max_atoms)
    if low > high:
        raise Contradiction(f"at least {low} and at most {high} atoms")
    return replace(constraints, min_atoms=low, max_atoms=high)


@dataclass(frozen=True)
class NumberOfAtoms:
    """Number of atoms in the primitive cell: ``12`` or ``8..16``."""

    name: str
    low: int
    high: int

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of ``12``, ``8..16`` or (8, 16)."""
        parts = [str(v) for v in value] if isinstance(value, list | tuple) else str(value).split("..")
        if len(parts) not in (1, 2):
            raise UserError(f"{name} = {shown(value)}: write a number such as 12, or a range such as 8..16.")
        low, high = _count(name, parts[0].strip()), _count(name, parts[-1].strip())
        if low > high:
            raise UserError(f"{name} = {low}..{high}: the smaller number comes first, {high}..{low}.")
        return cls(name, low, high)

    @property
    def text(self) -> str:
        """The number or range as ``parse`` reads it."""
        return str(self.low) if self.low == self.high else f"{self.low}..{self.high}"

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with a number of atoms in the range."""
        return _within(constraints, self.low, self.high)


@dataclass(frozen=True)
class MaxAtoms:
    """Largest number of atoms in the primitive cell."""

    name: str
    high: int

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of a whole number."""
        return cls(name, _count(name, str(value).strip()))

    @property
    def text(self) -> str:
        """The number as ``parse`` reads it."""
        return str(self.high)

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with at most this number of atoms."""
        return _within(constraints, 1, self.high)
