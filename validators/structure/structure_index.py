"""Crystals of one reduced formula, ordered by likeness, for the search of a crystal that is the same as another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .alignment import first_same
from .matching import Comparable
from .primitive_cell import CellTable, Rows


@dataclass(frozen=True)
class Found:
    """Result of a search.

    symbol    meaning
    twin      the most similar crystal that is the same; None without one
    compared  crystals of the comparison: up to the twin in the order of likeness, all of them without a twin
    """

    twin: Comparable | None
    compared: int


class _Bucket:
    """Crystals with the same numbers of atoms in the primitive cell; their fingerprints are made when needed."""

    def __init__(self) -> None:
        self.members: list[Comparable] = []
        self._cells = CellTable()
        self._fingerprints = Rows()

    def search(self, one: Comparable, most_compared: int | None) -> Found:
        order = self._nearest_first(one)[:most_compared]
        for member in self.members[len(self._cells.cells) :]:
            self._cells.add(member.cell)
        found = first_same(one.cell, self._cells, order)
        return Found(None, len(order)) if found is None else Found(self.members[order[found]], found + 1)

    def _nearest_first(self, one: Comparable) -> NDArray[np.int64]:
        """Places of the members by the mean difference of their fingerprints from that of ``one``."""
        if len(self.members) < 2:  # nothing to order
            return np.arange(len(self.members))
        for member in self.members[len(self._fingerprints.filled) :]:
            self._fingerprints.append(member.fingerprint)
        return np.argsort(np.abs(self._fingerprints.filled - one.fingerprint).mean(1), kind="stable")


class StructureIndex:
    """Crystals of one reduced formula. All that a comparison needs of them is computed at the next search."""

    def __init__(self) -> None:
        self._added: list[Comparable] = []
        self._sorted = 0
        self._buckets: dict[int, _Bucket] = {}

    def __len__(self) -> int:
        return len(self._added)

    def add(self, one: Comparable) -> None:
        """Adds a crystal."""
        self._added.append(one)

    def search(self, one: Comparable, most_compared: int | None = None) -> Found:
        """The most similar crystal that StructureMatcher takes for the same as ``one``.

        ``most_compared`` is the number of most similar crystals with as many atoms to compare with; None: all.
        """
        for other in self._added[self._sorted :]:
            self._buckets.setdefault(len(other.structure), _Bucket()).members.append(other)
        self._sorted = len(self._added)
        bucket = self._buckets.get(len(one.structure))
        return Found(None, 0) if bucket is None else bucket.search(one, most_compared)
