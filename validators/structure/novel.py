"""Check ``novel``: comparison with the reference set that ships with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...gen.data.dataset import OrbitDataset, reference_set
from ...gen.symmetry.orbits import crystal_of
from ...gen.symmetry.wyckoff_tables import wyckoff_tables
from ..check import Check
from ..verdict import Verdict
from .matching import Comparable, comparable, formula_keys, nearest_first, same_structure

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

KEPT = 20_000  # reference crystals kept ready for comparison


class Novel(Check):
    """Check of novelty, by formula, then by structure. Value: number of reference crystals of the same formula."""

    name: ClassVar[str] = "novel"
    question: ClassVar[str] = "Is it new, or is it in the reference set that ships with the package?"
    unit: ClassVar[str] = ""

    def __init__(self, reference: OrbitDataset | None = None) -> None:
        self._given = reference
        self._ready = lru_cache(maxsize=KEPT)(self._make_ready)

    @cached_property
    def reference(self) -> OrbitDataset:
        """The reference set: that of the package unless another was given."""
        return reference_set() if self._given is None else self._given

    @cached_property
    def _index(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Formula keys in ascending order, and the index of the crystal of each."""
        keys = formula_keys(element_counts(self.reference))
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def of_formula(self, counts: Mapping[int, int]) -> list[int]:
        """Indices of the reference crystals with the reduced formula of ``counts``, atoms by atomic number."""
        keys, order = self._index
        row = np.zeros((1, 119), dtype=np.int64)
        row[0, list(counts)] = list(counts.values())
        key = formula_keys(row)[0]
        return order[np.searchsorted(keys, key, "left") : np.searchsorted(keys, key, "right")].tolist()

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails if a reference crystal is the same; the reason names the first one."""
        numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
        of_formula = self.of_formula(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))
        n = float(len(of_formula))
        if not of_formula:
            return self.verdict(True, n, reason="its formula is not in the reference set")
        candidate = comparable(crystal)
        for other in nearest_first(candidate, [self._ready(i) for i in of_formula]):
            if same_structure(candidate, other):
                return self.verdict(False, n, reason=f"the same as {other.crystal.name}")
        return self.verdict(True, n, reason=f"different from the {len(of_formula)} of its formula in the reference set")

    def _make_ready(self, index: int) -> Comparable:
        crystal = crystal_of(self.reference[index], str(self.reference.ids[index]), primitive=True)
        return Comparable(crystal)


def element_counts(dataset: OrbitDataset) -> NDArray[np.int64]:
    """Number of atoms of each element in each primitive cell, (n, 119)."""
    cell = dataset.owner * 119 + dataset.elements
    sites = wyckoff_tables().op_count[dataset.positions]
    counts = np.bincount(cell, weights=sites, minlength=len(dataset) * 119)
    return counts.astype(np.int64).reshape(-1, 119)
