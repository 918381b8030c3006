"""Check ``distances``: interatomic distances relative to covalent radii.

Stricter than the field's 0.5 Å (``plausible``): no pair of atoms may be closer than a fraction of the sum of its
covalent radii (Cordero et al., Dalton Trans. 2832, 2008; ASE's table). 0.2 % of real crystals fail, mostly actinide
metals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..near_miss import compared, require_margin
from ..verdict import Verdict
from .neighbours import PeriodicPoints
from .plausible import MIN_DISTANCE

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MIN_FRACTION = 0.67  # of the sum of the covalent radii
OF_AVERAGES = 0.17  # margin for atoms at the mean places of a disordered crystal, from which close ones move apart


class Distances(Check):
    """Check of the distances. Value: distance of the worst pair, Å; limit: shortest distance allowed for this pair, Å.

    argument      meaning
    min_fraction  of the sum of the covalent radii, below which a distance is too short
    margin        of the sum of the covalent radii; a distance that is too short by no more is a near miss
    """

    name: ClassVar[str] = "distances"
    question: ClassVar[str] = "Are all atoms far enough apart for their elements?"
    unit: ClassVar[str] = "Å"

    def __init__(self, min_fraction: float = MIN_FRACTION, margin: float = 0.0) -> None:
        require_margin(margin)
        self.min_fraction = min_fraction
        self.margin = margin

    def of_averages(self) -> Distances:
        """The check for a model whose atoms are at the mean places of a disordered crystal."""
        return Distances(self.min_fraction, max(self.margin, OF_AVERAGES))

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
        found = compared([self.min_fraction - share], self.margin or None, "of this sum")
        reason = f"{one}-{other} {value:.2f} Å is {share:.2f} times the sum of the radii{found.remark}"
        return self.verdict(found.passed, value, limit=limit, reason=reason, near_miss=found.near_miss)
