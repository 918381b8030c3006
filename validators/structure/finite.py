"""Is it a crystal at all: finite numbers, real elements, at least one atom, a cell with a volume?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal


class Finite(Check):
    """Passes what has finite numbers and a cell that is not flat (see ``check.flaw_of``); value: volume in Å³."""

    name: ClassVar[str] = "finite"
    question: ClassVar[str] = "Is it a crystal at all: finite numbers, real elements, a cell with a volume?"
    unit: ClassVar[str] = "Å³"

    def answer(self, crystal: Crystal) -> Verdict:
        """Every flaw has been met before this is asked."""
        return Verdict(self.name, True, crystal.volume, unit="Å³", reason="all numbers are finite and the cell is open")
