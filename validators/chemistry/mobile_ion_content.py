"""Check ``mobile_ion``, also called ``lithium``: content of the mobile ion and distances between its ions.

Little lithium means few carriers, and distant sites mean long hops; in fast conductors neighbouring ions move together
(He, Zhu and Mo, Nat. Commun. 8, 15893, 2017). Two ions much closer than 2.2 Å are in reality one half-filled site.
"""

from __future__ import annotations

from typing import ClassVar

from ...gen.crystal import Crystal
from ...gen.errors import UserError
from ..check import Check
from ..mobile_ions import LITHIUM_ION, MobileIon, mobile_ion_named
from ..structure.neighbours import PeriodicPoints
from ..verdict import Detail, Verdict


class MobileIonContent(Check):
    """Check of the mobile ion's content, lithium by default. Value: its share of the atoms.

    argument              meaning                                                           unit
    share_at_least        smallest share of the atoms; 0: crystals without it pass
    share_at_most         largest share of the atoms; None: no limit
    distance_at_least     lower limit of the shortest Li-Li distance; None: no limit          Å
    distance_at_most      upper limit of the shortest Li-Li distance; None: no limit          Å
    sites_at_least        smallest number of these ions per volume; None: no limit            1/nm³
    mobile_ion            Li, Na, K, Mg, Ca or Zn
    """

    name: ClassVar[str] = "mobile_ion"
    question: ClassVar[str] = "How much of the mobile ion does it contain, and how close are these ions?"
    unit: ClassVar[str] = ""

    def __init__(
        self,
        share_at_least: float = 0.01,
        share_at_most: float | None = None,
        distance_at_least: float | None = None,
        distance_at_most: float | None = None,
        sites_at_least: float | None = None,
        mobile_ion: str = "Li",
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
        self.ion = mobile_ion_named(mobile_ion)

    def answer(self, crystal: Crystal) -> Verdict:
        """The reported limit is that of the share; the reason names every violated limit."""
        mobile = crystal.atomic_numbers == self.ion.number
        pair = f"{self.ion.symbol}-{self.ion.symbol}"
        share = float(mobile.mean())
        density = 1000 * int(mobile.sum()) / crystal.volume
        nearest = shortest_distance(crystal, self.ion) if mobile.any() else None
        violated = []
        if share < self.share[0]:
            violated.append(f"the share of {self.ion.metal} is below {self.share[0]:g}")
        if self.share[1] is not None and share > self.share[1]:
            violated.append(f"the share of {self.ion.metal} is above {self.share[1]:g}")
        low, high = self.distance
        if low is not None and nearest is not None and nearest < low:
            violated.append(f"the shortest {pair} distance is below {low:g} Å")
        if high is not None and (nearest is None or nearest > high):
            violated.append(f"no {pair} distance is within {high:g} Å")
        if self.sites_at_least is not None and density < self.sites_at_least:
            violated.append(f"fewer than {self.sites_at_least:g} {self.ion.metal} ions per nm³")
        near = "" if nearest is None else f", shortest {pair} distance {nearest:.2f} Å"
        reason = f"{share:.0%} of the atoms are {self.ion.metal}, {density:.1f} per nm³{near}"
        details = [Detail(f"{self.ion.metal} sites", density, "1/nm³")]
        if nearest is not None:
            details.append(Detail(f"shortest {pair} distance", nearest, "Å"))
        limit = self.share[1] if self.share[1] is not None and share > self.share[1] else self.share[0]
        reason = "; ".join([*violated, reason])
        return self.verdict(not violated, share, limit=limit, reason=reason, details=tuple(details))


def shortest_distance(crystal: Crystal, ion: MobileIon = LITHIUM_ION) -> float:
    """Shortest distance between two atoms of the mobile ion, Å, including periodic images."""
    mobile = crystal.atomic_numbers == ion.number
    alone = Crystal.of(crystal.lattice, crystal.frac_coords[mobile], crystal.atomic_numbers[mobile])
    return float(PeriodicPoints(alone).nearest().min())
