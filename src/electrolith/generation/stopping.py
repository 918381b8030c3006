"""Run-level state: detection of duplicates, and the stopping criterion of a run with keep."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from ..validators.structure.unique import Unique
from .records import UNIQUE_CHECK, Batch, GeneratedCrystal, Rejected


class RunFilter:
    """Marks duplicates; with ``keep`` > 0 it also rejects them and ends the run at ``keep`` crystals.

    Batches must come in their order, because a crystal is compared with all crystals before it.
    """

    def __init__(self, keep: int = 0) -> None:
        self.unique = Unique()
        self.remembered: dict[tuple[tuple[int, int], ...], list[GeneratedCrystal]] = {}  # by formula, not in unique yet
        self.keep, self.accepted = keep, 0

    @property
    def enough(self) -> bool:
        """Whether the stopping criterion is met."""
        return 0 < self.keep <= self.accepted

    def __call__(self, batch: Batch) -> Batch:
        """The batch with the verdict ``unique`` for each crystal, cut after the last crystal that the run needs."""
        crystals: list[GeneratedCrystal] = []
        duplicates: list[Rejected] = []
        for crystal in batch.crystals:
            if self.enough:
                break
            for earlier in self.remembered.pop(_formula(crystal), ()):
                self.unique.add(earlier.crystal)
            verdict = self.unique.check(crystal.crystal)
            if self.keep and verdict.passed is False:
                duplicates.append(crystal.rejected(UNIQUE_CHECK, verdict.reason))
            else:
                others = tuple(v for v in crystal.verdicts if v.name != UNIQUE_CHECK)
                crystals.append(replace(crystal, verdicts=(*others, verdict)))
                self.unique.add(crystal.crystal)
                self.accepted += 1
        last = crystals[-1].slot if self.enough else math.inf
        rejected = [r for r in (*batch.rejected, *duplicates) if r.slot <= last]
        exhausted = [slot for slot in (*batch.exhausted, *(r.slot for r in duplicates)) if slot <= last]
        rejected.sort(key=lambda r: (r.slot, r.attempt))
        return Batch(batch.index, tuple(crystals), tuple(rejected), tuple(sorted(exhausted)))

    def apply(self, batches: Generator[Batch, None, None]) -> Iterator[Batch]:
        """Yields filtered batches until the stopping criterion is met."""
        with closing(batches):
            while not self.enough and (batch := next(batches, None)) is not None:
                yield self(batch)

    def remember(self, batch: Batch) -> None:
        """Takes over a batch that has its verdicts already, e.g. from the journal.

        Cells are computed when a crystal of the same formula comes: a run of 100,000 resumes quickly.
        """
        self.accepted += len(batch.crystals)
        for crystal in batch.crystals:
            self.remembered.setdefault(_formula(crystal), []).append(crystal)


def _formula(crystal: GeneratedCrystal) -> tuple[tuple[int, int], ...]:
    """The reduced formula: atomic numbers and numbers of atoms."""
    counts = crystal.orbits.composition
    divisor = math.gcd(*counts.values())
    return tuple(sorted((number, count // divisor) for number, count in counts.items()))
