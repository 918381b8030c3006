"""Check ``volume``: volume per atom relative to the usual volume of the elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..verdict import Verdict
from .atomic_volumes import ATOMIC_VOLUMES

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MIN_RATIO, MAX_RATIO = 0.65, 2.5  # to the expected volume; 0.01 % of the reference set are below, 0.15 % above


class Volume(Check):
    """Check of the volume. Value: volume per atom, Å³; limit: the nearer of the two bounds, Å³."""

    name: ClassVar[str] = "volume"
    question: ClassVar[str] = "Is the volume per atom usual for its elements?"
    unit: ClassVar[str] = "Å³/atom"

    def answer(self, crystal: Crystal) -> Verdict:
        """Compares with the sum of the usual volumes of the elements; unknown for an element without one."""
        from ase.data import chemical_symbols

        symbols = [chemical_symbols[z] for z in crystal.atomic_numbers]
        unknown = sorted(set(symbols) - set(ATOMIC_VOLUMES))
        value = crystal.volume / len(crystal)
        if unknown:
            reason = f"the usual volume of {', '.join(unknown)} is not known"
            return self.verdict(None, value, reason=reason)
        expected = sum(ATOMIC_VOLUMES[s] for s in symbols) / len(symbols)
        ratio = value / expected
        limit = expected * (MIN_RATIO if ratio**2 < MIN_RATIO * MAX_RATIO else MAX_RATIO)
        reason = f"{ratio:.2f} times the usual volume of its elements, {crystal.density:.2f} g/cm³"
        return self.verdict(MIN_RATIO <= ratio <= MAX_RATIO, value, limit=limit, reason=reason)
