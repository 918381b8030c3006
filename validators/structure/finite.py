"""Check ``finite``: finite numbers, real elements, at least one atom, a cell with a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal


class Finite(Check):
    """Check of the numbers: finite, and a cell that is not flat (``check.flaw_of``). Value: volume, Å³."""

    name: ClassVar[str] = "finite"
    question: ClassVar[str] = "Is it a crystal at all: finite numbers, real elements, a cell with a volume?"
    unit: ClassVar[str] = "Å³"

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict passed: ``check`` has refused every flawed crystal before."""
        return self.verdict(True, crystal.volume, reason="all numbers are finite and the cell has a volume")
