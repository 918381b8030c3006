"""Check ``novel``: comparison with the reference set that ships with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...gen.data.dataset import OrbitDataset, reference_set
from ...gen.symmetry.orbits import crystal_of
from ...gen.symmetry.wyckoff_tables import wyckoff_tables
from ..check import Check
from ..verdict import Verdict
from .matching import Comparable, comparable, formula_key, formula_keys
from .structure_index import StructureIndex

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

KEPT = 20_000  # reference crystals kept ready for comparison, with their formulas


class Novel(Check):
    """Check of novelty, by formula, then by structure. Value: number of reference crystals of the same formula."""

    name: ClassVar[str] = "novel"
    question: ClassVar[str] = "Is it new, or is it in the reference set that ships with the package?"
    unit: ClassVar[str] = ""

    def __init__(self, reference: OrbitDataset | None = None) -> None:
        self._given = reference
        self._ready: dict[int, StructureIndex] = {}
        self._kept = 0

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
        row = np.zeros((1, 119), dtype=np.int64)
        row[0, list(counts)] = list(counts.values())
        return self._of_key(int(formula_keys(row)[0]))

    def _of_key(self, key: int) -> list[int]:
        keys, order = self._index
        return order[np.searchsorted(keys, key, "left") : np.searchsorted(keys, key, "right")].tolist()

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails if a reference crystal is the same; the reason names the most similar one."""
        key = formula_key(crystal)
        n = len(self._of_key(key))
        if not n:
            return self.verdict(True, float(n), reason="its formula is not in the reference set")
        twin = self.twin(crystal)
        if twin is not None:
            return self.verdict(False, float(n), reason=f"the same as {twin.name}")
        return self.verdict(True, float(n), reason=f"different from the {n} of its formula in the reference set")

    def twin(self, crystal: Crystal) -> Crystal | None:
        """The reference crystal that is the same as this one, with its name; None if there is none."""
        key = formula_key(crystal)
        if not self._of_key(key):
            return None
        found = self._ready_of_formula(key).search(comparable(crystal)).twin
        return None if found is None else found.crystal

    def _ready_of_formula(self, key: int) -> StructureIndex:
        """The reference crystals of a formula, ready for comparison."""
        if key not in self._ready:
            index = StructureIndex()
            for i in self._of_key(key):
                index.add(Comparable(crystal_of(self.reference[i], str(self.reference.ids[i]), primitive=True)))
            if self._kept + len(index) > KEPT:
                self._ready.clear()
                self._kept = 0
            self._ready[key] = index
            self._kept += len(index)
        return self._ready[key]


def element_counts(dataset: OrbitDataset) -> NDArray[np.int64]:
    """Number of atoms of each element in each primitive cell, (n, 119)."""
    cell = dataset.owner * 119 + dataset.elements
    sites = wyckoff_tables().op_count[dataset.positions]
    counts = np.bincount(cell, weights=sites, minlength=len(dataset) * 119)
    return counts.astype(np.int64).reshape(-1, 119)
