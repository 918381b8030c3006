"""Base classes of the checks: each returns a verdict for any input, valid or not, and never raises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from ..gen.errors import unexpected
from .verdict import Detail, Verdict

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ..gen.crystal import Crystal

LONGEST_EDGE = 1e4  # Å; a longer edge is an overflow
FARTHEST_SITE = 1e6  # |fractional coordinate| beyond which float64 is too coarse for a position
FLATTEST_CELL = 1e-5  # smallest volume of a cell over the product of its edges; 0.03 for an angle of 1.7°
SMALLEST_VOLUME = 1e-3  # Å³
HEAVIEST_ELEMENT = 118
T = TypeVar("T")


class Check(ABC):
    """One question about a crystal. Subclasses implement ``answer``; callers use ``check``.

    attribute   meaning
    name        the name in the table of checks, in recipes and in columns
    question    what the check answers, as a question for a person
    unit        unit of the value, its spread and its limit; empty for a count, a ratio, or no value
    """

    name: ClassVar[str]
    question: ClassVar[str]
    unit: ClassVar[str]

    def check(self, crystal: Crystal) -> Verdict:
        """The verdict on any crystal: failed if its numbers describe no crystal, unknown (None) if the check fails."""
        return self._guarded(self._answer_if_valid, crystal)

    def _answer_if_valid(self, crystal: Crystal) -> Verdict:
        flaw = flaw_of(crystal)
        return Verdict(self.name, False, reason=f"not a crystal: {flaw}") if flaw else self.answer(crystal)

    def _guarded(self, answer: Callable[[T], Verdict], question: T) -> Verdict:
        """The answer to a crystal or composition; unknown, with the error logged, if the check fails."""
        try:
            return answer(question)
        except Exception as error:  # noqa: BLE001  one bad sample must never end a run
            return Verdict(self.name, None, reason=f"could not be checked: {unexpected(error, self.name)}")

    @abstractmethod
    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict on a crystal with valid numbers."""

    def verdict(
        self,
        passed: bool | None,
        value: float | None = None,
        spread: float | None = None,
        *,
        limit: float | None = None,
        reason: str,
        details: tuple[Detail, ...] = (),
        doubt: str = "",
        near_miss: bool = False,
        profile: tuple[tuple[float, ...], ...] = (),
    ) -> Verdict:
        """A verdict of this check, with its name and unit; the fields are those of ``Verdict``."""
        return Verdict(
            self.name, passed, value, spread, self.unit, limit, reason, details, doubt, near_miss, profile
        )  # fmt: skip


class CompositionCheck(Check):
    """A check that needs the composition only, so that a formula can be checked as well as a crystal."""

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict on the crystal's composition."""
        return self.check_composition(crystal.composition)

    def check_composition(self, composition: Composition) -> Verdict:
        """The verdict on a pymatgen ``Composition``; unknown (None) if the check fails."""
        return self._guarded(self.answer_composition, composition)

    @abstractmethod
    def answer_composition(self, composition: Composition) -> Verdict:
        """The verdict on a composition."""


class Transform(Check):
    """A check that passes another crystal to the later checks, such as a relaxation."""

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict alone."""
        return self.apply(crystal)[0]

    @abstractmethod
    def apply(self, crystal: Crystal) -> tuple[Verdict, Crystal | None]:
        """The verdict, and the new crystal unless the step failed.

        What the step found and later checks need (an energy, say) is in the new crystal's ``findings``.
        """


def flaw_of(crystal: Crystal) -> str:  # noqa: PLR0911  one return per flaw
    """Reason why these numbers describe no crystal, or an empty text. Call it before spglib, which crashes on NaN."""
    if len(crystal) == 0:
        return "it has no atoms"
    if crystal.lattice.shape != (3, 3) or crystal.frac_coords.shape != (len(crystal), 3):
        return "the shapes of cell, positions and elements do not agree"
    if not np.isfinite(crystal.lattice).all():
        return "the cell is not finite"
    if not np.isfinite(crystal.frac_coords).all():
        return "the coordinates are not finite"
    if crystal.atomic_numbers.min() < 1 or crystal.atomic_numbers.max() > HEAVIEST_ELEMENT:
        return "an atomic number is not that of an element"
    if np.abs(crystal.frac_coords).max() > FARTHEST_SITE:
        return f"a fractional coordinate is beyond {FARTHEST_SITE:.0e}"
    if np.abs(crystal.lattice).max() > LONGEST_EDGE:
        return f"an edge of the cell is longer than {LONGEST_EDGE:.0e} Å"
    edges = np.sqrt((crystal.lattice**2).sum(1))
    if crystal.volume <= SMALLEST_VOLUME or crystal.volume <= FLATTEST_CELL * edges.prod():
        return "the cell is flat"
    return ""
