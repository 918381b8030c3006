"""A filter of compositions as they are drawn: charges, and any checks that need a formula alone, such as the window.

Charges cost microseconds to a millisecond and are asked first; window and interface cost milliseconds each. Answers are
kept by reduced formula. What a check does not know passes, and so does a near miss.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from .check import Check, CompositionCheck
from .chemistry.assignment import Formula
from .chemistry.ionic_formula import is_allowed

KEPT = 100_000  # formulas
CHARGE = "charge"


class CompositionAnswer(NamedTuple):
    """Answer of the filter to a composition.

    symbol      meaning
    refused_by  name of the check that refuses it; empty for a composition that can pass
    reason      of the refusal
    near_miss   whether it passes as a near miss
    """

    refused_by: str = ""
    reason: str = ""
    near_miss: bool = False


class CompositionFilter:
    """Whether a composition can pass: ``CompositionFilter(checks)({3: 3, 15: 1, 16: 4})``.

    argument      meaning
    checks        asked in this order; those that need a crystal are left out
    redox_active  whether ions with open d or 5f shells may occur
    like_bonds    whether atoms bonded to their like may occur, as in P2S6 4-
    near_misses   whether a near miss passes
    known_only    names of the checks whose unknown verdict is a refusal
    """

    def __init__(
        self,
        checks: Sequence[Check] = (),
        *,
        redox_active: bool = False,
        like_bonds: bool = False,
        near_misses: bool = True,
        known_only: Collection[str] = (),
    ) -> None:
        self.checks = tuple(check for check in checks if isinstance(check, CompositionCheck))
        self.redox_active = redox_active
        self.like_bonds = like_bonds
        self.near_misses = near_misses
        self.known_only = frozenset(known_only)
        self._checked = lru_cache(maxsize=KEPT)(self._answer_of_checks)

    def __call__(self, counts: Mapping[int, int]) -> bool:
        """Whether a primitive cell with these numbers of atoms, by atomic number, can pass."""
        return not self.answer(counts).refused_by

    def answer(self, counts: Mapping[int, int]) -> CompositionAnswer:
        """The answer for the numbers of atoms in the primitive cell, by atomic number.

        The cell matters for its electrons alone: an odd number is refused where no ion has an open shell.
        """
        units = gcd(*counts.values())
        formula = tuple(sorted((number, count // units) for number, count in counts.items()))
        if not is_allowed(formula, units=units, redox_active=self.redox_active, like_bonds=self.like_bonds):
            return CompositionAnswer(CHARGE, "no ionic compound with an even number of electrons")
        return self._checked(formula)

    def _answer_of_checks(self, formula: Formula) -> CompositionAnswer:
        from pymatgen.core import Composition, Element

        composition = Composition({Element.from_Z(number): count for number, count in formula})
        near = False
        for check in self.checks:
            verdict = check.check_composition(composition)
            unknown = verdict.passed is None and check.name in self.known_only
            near_miss = self.near_misses and verdict.near_miss
            if unknown or (verdict.passed is False and not near_miss):
                return CompositionAnswer(check.name, f"{composition.reduced_formula}: {verdict.reason}")
            near |= near_miss
        return CompositionAnswer(near_miss=near)
