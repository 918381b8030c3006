"""Check ``structure``: structural validity in the sense of the field's metric.

Xie et al., "Crystal Diffusion Variational Autoencoder", ICLR 2022, and all papers that compare with it: no two atoms
closer than 0.5 Å and a volume of at least 0.1 Å³. Here, unlike there, an atom's own periodic images count as atoms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..verdict import Verdict
from .neighbours import PeriodicPoints

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MIN_DISTANCE = 0.5  # Å
MIN_VOLUME = 0.1  # Å³


class Structure(Check):
    """Check of structural validity. Value: shortest distance between two atoms over all periodic images, Å."""

    name: ClassVar[str] = "structure"
    question: ClassVar[str] = "Is it structurally valid in the usual sense: no two atoms closer than 0.5 Å?"
    unit: ClassVar[str] = "Å"

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes if the distance is above 0.5 Å and the volume at least 0.1 Å³."""
        nearest = float(PeriodicPoints(crystal).nearest().min())
        passed = nearest > MIN_DISTANCE and crystal.volume >= MIN_VOLUME
        if crystal.volume < MIN_VOLUME:
            reason = f"the volume of the cell is {crystal.volume:.3f} Å³, less than {MIN_VOLUME} Å³"
        else:
            reason = f"the two closest atoms are {nearest:.2f} Å apart"
        return self.verdict(passed, nearest, limit=MIN_DISTANCE, reason=reason)
