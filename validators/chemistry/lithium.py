"""Check ``lithium``: content of lithium and distances between lithium ions.

Little lithium means few carriers, and distant sites mean long hops; in fast conductors neighbouring ions move together
(He, Zhu and Mo, Nat. Commun. 8, 15893, 2017). Two ions much closer than 2.2 Å are in reality one half-filled site.
"""

from __future__ import annotations

from typing import ClassVar

from ...gen.crystal import Crystal
from ...gen.elements import LITHIUM
from ...gen.errors import UserError
from ..check import Check
from ..structure.neighbours import PeriodicPoints
from ..verdict import Detail, Verdict


class Lithium(Check):
    """Check of the lithium content. Value: share of the atoms that are lithium.

    argument              meaning                                                           unit
    share_at_least        smallest share of the atoms; 0: crystals without lithium pass
    share_at_most         largest share of the atoms; None: no limit
    distance_at_least     lower limit of the shortest Li-Li distance; None: no limit          Å
    distance_at_most      upper limit of the shortest Li-Li distance; None: no limit          Å
    sites_at_least        smallest number of lithium ions per volume; None: no limit          1/nm³
    """

    name: ClassVar[str] = "lithium"
    question: ClassVar[str] = "How much lithium does it contain, and how close are its lithium ions?"
    unit: ClassVar[str] = ""

    def __init__(
        self,
        share_at_least: float = 0.01,
        share_at_most: float | None = None,
        distance_at_least: float | None = None,
        distance_at_most: float | None = None,
        sites_at_least: float | None = None,
    ) -> None:
        if not 0 <= share_at_least <= 1:
            raise UserError(f"A share is between 0 and 1: share_at_least cannot be {share_at_least:g}.")
        for what, low, high in (
            ("share", share_at_least, share_at_most),
            ("distance", distance_at_least, distance_at_most),
        ):
            if low is not None and high is not None and low > high:
                raise UserError(f"{what}_at_least {low:g} is above {what}_at_most {high:g}.")
        self.share = share_at_least, share_at_most
        self.distance = distance_at_least, distance_at_most
        self.sites_at_least = sites_at_least

    def answer(self, crystal: Crystal) -> Verdict:
        """The reported limit is that of the share; the reason names every violated limit."""
        mobile = crystal.atomic_numbers == LITHIUM
        share = float(mobile.mean())
        density = 1000 * int(mobile.sum()) / crystal.volume
        nearest = shortest_distance(crystal) if mobile.any() else None
        violated = []
        if share < self.share[0]:
            violated.append(f"the share of lithium is below {self.share[0]:g}")
        if self.share[1] is not None and share > self.share[1]:
            violated.append(f"the share of lithium is above {self.share[1]:g}")
        low, high = self.distance
        if low is not None and nearest is not None and nearest < low:
            violated.append(f"the shortest Li-Li distance is below {low:g} Å")
        if high is not None and (nearest is None or nearest > high):
            violated.append(f"no Li-Li distance is within {high:g} Å")
        if self.sites_at_least is not None and density < self.sites_at_least:
            violated.append(f"fewer than {self.sites_at_least:g} lithium ions per nm³")
        near = "" if nearest is None else f", shortest Li-Li distance {nearest:.2f} Å"
        reason = f"{share:.0%} of the atoms are lithium, {density:.1f} per nm³{near}"
        details = [Detail("lithium sites", density, "1/nm³")]
        if nearest is not None:
            details.append(Detail("shortest Li-Li distance", nearest, "Å"))
        limit = self.share[1] if self.share[1] is not None and share > self.share[1] else self.share[0]
        reason = "; ".join([*violated, reason])
        return self.verdict(not violated, share, limit=limit, reason=reason, details=tuple(details))


def shortest_distance(crystal: Crystal) -> float:
    """Shortest distance between two lithium atoms, Å, including periodic images."""
    mobile = crystal.atomic_numbers == LITHIUM
    alone = Crystal.of(crystal.lattice, crystal.frac_coords[mobile], crystal.atomic_numbers[mobile])
    return float(PeriodicPoints(alone).nearest().min())
