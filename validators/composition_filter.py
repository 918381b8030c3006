"""A filter of compositions as they are drawn: charges, and any checks that need a formula alone, such as the window.

Charges cost microseconds to a millisecond and are asked first; window and interface cost about ten milliseconds each.
Answers are kept by reduced formula. What a check does not know passes, and so does a near miss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import gcd

from .check import Check, CompositionCheck
from .chemistry.assignment import Formula
from .chemistry.ionic_formula import is_allowed

KEPT = 100_000  # formulas


class CompositionFilter:
    """Whether a composition can pass: ``CompositionFilter(checks)({3: 3, 15: 1, 16: 4})``.

    argument      meaning
    checks        asked in this order; those that need a crystal are left out
    redox_active  whether ions with open d or 5f shells may occur
    like_bonds    whether atoms bonded to their like may occur, as in P2S6 4-
    near_misses   whether a near miss passes
    """

    def __init__(
        self,
        checks: Sequence[Check] = (),
        *,
        redox_active: bool = False,
        like_bonds: bool = False,
        near_misses: bool = True,
    ) -> None:
        self.checks = tuple(check for check in checks if isinstance(check, CompositionCheck))
        self.redox_active = redox_active
        self.like_bonds = like_bonds
        self.near_misses = near_misses
        self._passes = lru_cache(maxsize=KEPT)(self._answer)

    def __call__(self, counts: Mapping[int, int]) -> bool:
        """The answer for numbers of atoms by atomic number, in a cell or a formula unit."""
        divisor = gcd(*counts.values())
        return self._passes(tuple(sorted((number, count // divisor) for number, count in counts.items())))

    def _answer(self, formula: Formula) -> bool:
        from pymatgen.core import Composition, Element

        if not is_allowed(formula, redox_active=self.redox_active, like_bonds=self.like_bonds):
            return False
        composition = Composition({Element.from_Z(number): count for number, count in formula})
        verdicts = (check.check_composition(composition) for check in self.checks)
        return all(one.passed is not False or (self.near_misses and one.near_miss) for one in verdicts)
