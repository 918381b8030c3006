"""Check ``unique``: comparison with the earlier crystals of a run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from ..check import Check, flaw_of
from ..verdict import Verdict
from .matching import comparable, formula_key
from .structure_index import StructureIndex

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MOST_COMPARED = 20  # most similar crystals of one formula; keeps a run's cost linear if all have one formula


class Unique(Check):
    """Check of uniqueness, by formula, then by structure. Value: number of earlier crystals of the comparison.

    argument       meaning
    most_compared  number of most similar crystals of the same formula to compare with; None: all
    """

    name: ClassVar[str] = "unique"
    question: ClassVar[str] = "Is it the first of its kind in this run?"
    unit: ClassVar[str] = ""

    def __init__(self, most_compared: int | None = MOST_COMPARED) -> None:
        self.most_compared = most_compared
        self._seen: dict[int, StructureIndex] = defaultdict(StructureIndex)

    def add(self, crystal: Crystal) -> None:
        """Adds a crystal to the earlier ones; one whose numbers describe no crystal is ignored."""
        if not flaw_of(crystal):
            self._seen[formula_key(crystal)].add(comparable(crystal))

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails if an earlier crystal is the same; the reason names the first one."""
        earlier = self._seen.get(formula_key(crystal))
        if earlier is None:
            return self.verdict(True, 0.0, reason="the first of its formula in this run")
        found = earlier.search(comparable(crystal), self.most_compared)
        if found.twin is not None:
            twin = found.twin.crystal.name or "an earlier crystal"
            return self.verdict(False, float(found.compared), reason=f"the same as {twin}")
        reason = f"different from the {len(earlier)} of its formula in this run"
        return self.verdict(True, float(found.compared), reason=reason)
