"""Check ``distances``: interatomic distances relative to covalent radii.

Stricter than the field's 0.5 Å (``plausible``): no pair of atoms may be closer than a fraction of the sum of its
covalent radii (Cordero et al., Dalton Trans. 2832, 2008; ASE's table). 0.2 % of real crystals fail, mostly actinide
metals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..verdict import Verdict
from .neighbours import PeriodicPoints
from .plausible import MIN_DISTANCE

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MIN_FRACTION = 0.67  # of the sum of the covalent radii


class Distances(Check):
    """Check of the distances. Value: distance of the worst pair, Å; limit: shortest distance allowed for this pair, Å.

    argument      meaning
    min_fraction  of the sum of the covalent radii, below which a distance is too short
    """

    name: ClassVar[str] = "distances"
    question: ClassVar[str] = "Are all atoms far enough apart for their elements?"
    unit: ClassVar[str] = "Å"

    def __init__(self, min_fraction: float = MIN_FRACTION) -> None:
        self.min_fraction = min_fraction

    def answer(self, crystal: Crystal) -> Verdict:
        """The worst pair has the smallest ratio of its distance to the sum of its radii."""
        from ase.data import chemical_symbols, covalent_radii

        points = PeriodicPoints(crystal)
        nearest = float(points.nearest().min())
        if nearest <= MIN_DISTANCE:
            reason = f"atoms on top of each other: {nearest:.2f} Å apart"
            return self.verdict(False, nearest, limit=MIN_DISTANCE, reason=reason)
        radii = covalent_radii[crystal.atomic_numbers]
        pairs = points.pairs(max(nearest, 2 * self.min_fraction * float(radii.max())) * 1.001)
        sums = radii[pairs.first] + radii[pairs.second]
        worst = int((pairs.distance / sums).argmin())
        value, limit = float(pairs.distance[worst]), float(self.min_fraction * sums[worst])
        one, other = (chemical_symbols[crystal.atomic_numbers[i[worst]]] for i in (pairs.first, pairs.second))
        share = value / float(sums[worst])
        reason = f"{one}-{other} {value:.2f} Å is {share:.2f} times the sum of the radii"
        return self.verdict(share > self.min_fraction, value, limit=limit, reason=reason)
