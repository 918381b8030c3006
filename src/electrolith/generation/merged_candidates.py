"""Candidates of one formula that are the same crystal, merged; and their places in a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from ..validators.structure.matching import comparable
from ..validators.structure.structure_index import StructureIndex
from .records import RANK_CHECK, UNIQUE_CHECK, GeneratedCrystal, Rejected


@dataclass(frozen=True)
class Ranking:
    """Different crystals, the best first, each followed by the candidates that are the same as it."""

    groups: tuple[tuple[GeneratedCrystal, ...], ...]

    @classmethod
    def of(cls, crystals: Sequence[GeneratedCrystal]) -> Self:
        """The ranking of crystals of one formula, which come with the best first."""
        index = StructureIndex()
        groups: dict[int, list[GeneratedCrystal]] = {}  # by the identity of the best crystal
        for one in crystals:
            twin = index.search(comparable(one.crystal)).twin
            if twin is None:
                index.add(comparable(one.crystal))
                groups[id(one.crystal)] = [one]
            else:
                groups[id(twin.crystal)].append(one)
        return cls(tuple(map(tuple, groups.values())))

    def best(self, n: int) -> list[GeneratedCrystal]:
        """The ``n`` best different crystals; if there are fewer, then those that are the same as better ones."""
        same = self._same(n)
        counted = {id(one) for one in same}
        first = [
            replace(one, merged=one.merged + sum(1 + c.merged for c in rest if id(c) not in counted))
            for one, *rest in self.groups[:n]
        ]
        return [*first, *same]

    def placed(self, slots: Sequence[int]) -> list[GeneratedCrystal]:
        """The best crystals with their slots and ranks."""
        best = self.best(len(slots))
        return [replace(one, slot=slot, rank=k) for k, (slot, one) in enumerate(zip(slots, best, strict=False), 1)]

    def passed_over(self, n: int, names: Sequence[str] = ()) -> list[Rejected]:
        """The candidates that are not among the ``n`` best, with the reason; ``names`` are those of the best."""
        out: list[Rejected] = []
        kept = {id(one) for one in self._same(n)}
        for place, (first, *rest) in enumerate(self.groups):
            if place < n:
                better = names[place] if names else "a better candidate"
                left = [one for one in rest if id(one) not in kept]
                out += [one.rejected(UNIQUE_CHECK, f"the same as {better}") for one in left]
            else:
                reason = f"place {place + 1} of {len(self.groups)} different candidates"
                out += [one.rejected(RANK_CHECK, reason) for one in (first, *rest)]
        return out

    def _same(self, n: int) -> list[GeneratedCrystal]:
        """Candidates that are the same as better ones and are among the ``n`` best all the same."""
        return [one for _, *rest in self.groups for one in rest][: max(0, n - len(self.groups))]
