"""Conditions on symmetry: one or more space groups, or crystal systems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from ..gen.errors import UserError, did_you_mean
from ..gen.skeleton.constraints import Constraints
from ..gen.symmetry.wyckoff_tables import CRYSTAL_SYSTEMS, crystal_system
from .base import Contradiction, words
from .space_group_symbols import space_group_number


@dataclass(frozen=True)
class SpaceGroup:
    """Any of these space groups, by number or Hermann-Mauguin symbol."""

    name: str
    text: str
    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of 225, ``Fm-3m``, ``221,225`` or a sequence of these."""
        given = words(value)
        numbers = tuple(dict.fromkeys(space_group_number(word) for word in given))
        if not numbers:
            raise UserError("space_group is empty: write a number or symbol, e.g. 225 or Fm-3m.")
        return cls(name, ",".join(given), numbers)

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with one of these space groups."""
        left = tuple(n for n in self.numbers if n in (constraints.space_groups or self.numbers))
        if not left:
            systems = dict.fromkeys(crystal_system(n) for n in self.numbers)
            raise Contradiction(f"{self.text} is {' and '.join(systems)}")
        return replace(constraints, space_groups=left)


@dataclass(frozen=True)
class CrystalSystem:
    """Any space group of these crystal systems, e.g. ``cubic``."""

    name: str
    systems: tuple[str, ...]

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """The condition of ``cubic`` or ``cubic,hexagonal``."""
        systems = tuple(dict.fromkeys(word.lower() for word in words(value)))
        for system in systems:
            if system not in CRYSTAL_SYSTEMS:
                hint = did_you_mean(system, CRYSTAL_SYSTEMS)
                raise UserError(f"{system!r} is not a crystal system.{hint} There are: {', '.join(CRYSTAL_SYSTEMS)}.")
        if not systems:
            raise UserError(f"crystal_system is empty: write one of {', '.join(CRYSTAL_SYSTEMS)}.")
        return cls(name, systems)

    @property
    def text(self) -> str:
        """The systems as ``parse`` reads them."""
        return ",".join(self.systems)

    def constrain(self, constraints: Constraints) -> Constraints:
        """Constraints with a space group of these systems."""
        candidates = constraints.space_groups or range(1, 231)
        left = tuple(n for n in candidates if crystal_system(n) in self.systems)
        if not left:
            raise Contradiction(f"none of the requested space groups is {' or '.join(self.systems)}")
        return replace(constraints, space_groups=left)
