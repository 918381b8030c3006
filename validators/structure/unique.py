"""Is it the first of its kind in this run?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from ..check import Check, flaw_of
from ..verdict import Verdict
from .matching import Comparable, comparable, formula_key, nearest_first, same_structure

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MOST_COMPARED = 20  # crystals of one formula, the most alike; keeps a run's cost linear when all have one formula


class Unique(Check):
    """Compares with the crystals added before: by formula, then by structure. Value: how many it was compared with.

    ``most_compared=None`` compares with all of the same formula.
    """

    name: ClassVar[str] = "unique"
    question: ClassVar[str] = "Is it the first of its kind in this run?"
    unit: ClassVar[str] = ""

    def __init__(self, most_compared: int | None = MOST_COMPARED) -> None:
        self.most_compared = most_compared
        self._seen: dict[int, list[Comparable]] = defaultdict(list)

    def add(self, crystal: Crystal) -> None:
        """Remembers a crystal; one that is flawed is ignored."""
        if not flaw_of(crystal):
            self._seen[formula_key(crystal)].append(comparable(crystal))

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails on the first earlier crystal that is the same, and names it."""
        earlier = self._seen.get(formula_key(crystal), [])
        if not earlier:
            return Verdict(self.name, True, 0.0, reason="the first of its formula in this run")
        candidate = comparable(crystal)
        as_large = [other for other in earlier if len(other.structure) == len(candidate.structure)]
        likely = nearest_first(candidate, as_large)[: self.most_compared]
        for k, other in enumerate(likely):
            if same_structure(candidate, other):
                twin = other.crystal.name or "an earlier one"
                return Verdict(self.name, False, float(k + 1), reason=f"the same as {twin}")
        reason = f"unlike the {len(earlier)} of its formula in this run"
        return Verdict(self.name, True, float(len(likely)), reason=reason)
