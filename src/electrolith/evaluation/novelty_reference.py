"""The set of known crystals against which novelty is determined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ..gen.crystal import Crystal
from ..gen.data.build_dataset import build
from ..gen.data.dataset import OrbitDataset, reference_set
from ..gen.errors import UserError
from ..gen.reading.read_crystals import Unreadable
from ..io.limited_reading import read_within_limits
from ..validators.structure.novel import Novel

LANTHANIDES = frozenset(range(57, 72))  # La to Lu: so alike that one often replaces another
LANTHANUM = 57
SHIPPED = "the electrolith reference set (Materials Project and WBM)"


@dataclass(frozen=True)
class NoveltyReference:
    """Known crystals and the name of the set."""

    name: str
    crystals: OrbitDataset

    @cached_property
    def novel(self) -> Novel:
        """The check of novelty against these crystals."""
        return Novel(self.crystals)

    @cached_property
    def _novel_merged(self) -> Novel:
        elements = np.where(np.isin(self.crystals.elements, list(LANTHANIDES)), LANTHANUM, self.crystals.elements)
        return Novel(replace(self.crystals, elements=elements))

    def is_novel_merged(self, crystal: Crystal, novel: bool | None) -> bool | None:
        """Whether a crystal is novel if all lanthanides count as one element; ``novel``: whether it is without that."""
        numbers = crystal.atomic_numbers
        if not novel or LANTHANIDES.isdisjoint(numbers.tolist()):
            return novel
        merged = np.where(np.isin(numbers, list(LANTHANIDES)), LANTHANUM, numbers)
        return self._novel_merged.check(replace(crystal, atomic_numbers=merged)).passed


def novelty_reference(path: str | Path | None) -> NoveltyReference:
    """The reference set of the package (None), an ``.npz`` of orbits, or crystals that ``read_crystals`` reads.

    Raises ``UserError`` when the path holds no crystals.
    """
    if path is None:
        shipped = reference_set()
        return NoveltyReference(f"{SHIPPED}, {len(shipped)} crystals", shipped)
    path = Path(path)
    if path.suffix == ".npz":
        try:
            known = OrbitDataset.load(path)
        except ValueError as error:
            raise UserError(str(error)) from error
    else:
        crystals = [c for c in read_within_limits(path) if not isinstance(c, Unreadable)]
        known = build(crystals, verify=False).dataset
    if len(known) == 0:
        raise UserError(f"{path} holds no crystal that could serve as a reference.")
    return NoveltyReference(f"{path.name}, {len(known)} crystals", known)
