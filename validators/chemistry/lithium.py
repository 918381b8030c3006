"""How much lithium is in it, and how near do its lithium ions come to each other?

Sparse lithium means few carriers, and far sites mean long hops; in fast conductors neighbouring ions move together (He,
Zhu and Mo, Nat. Commun. 8, 15893, 2017). Two ions much nearer than 2.2 Å are a site that is in truth half filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ..check import Check
from ..structure.neighbours import PeriodicPoints
from ..verdict import Detail, Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

LITHIUM = 3


class Lithium(Check):
    """Value: share of its atoms that are lithium.

    argument              meaning                                                        unit
    share_at_least        least share of the atoms; 0: crystals without lithium pass       –
    share_at_most         most; None: any                                                –
    distance_at_least     shortest Li-Li distance is no shorter; None: any               Å
    distance_at_most      and no longer; None: any                                       Å
    sites_at_least        lithium ions in a volume; None: any                            1/nm³
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
            raise UserError(f"A share lies between 0 and 1, not at {share_at_least:g}.")
        for what, low, high in (
            ("share", share_at_least, share_at_most),
            ("distance", distance_at_least, distance_at_most),
        ):
            if low is not None and high is not None and low > high:
                raise UserError(f"{what}_at_least {low:g} lies above {what}_at_most {high:g}.")
        self.share = share_at_least, share_at_most
        self.distance = distance_at_least, distance_at_most
        self.sites_at_least = sites_at_least

    def answer(self, crystal: Crystal) -> Verdict:
        """The limit shown is the one of the share; the reason names every limit that is broken."""
        mobile = crystal.atomic_numbers == LITHIUM
        share = float(mobile.mean())
        density = 1000 * int(mobile.sum()) / crystal.volume
        nearest = shortest(crystal) if mobile.any() else None
        broken = []
        if share < self.share[0]:
            broken.append(f"less lithium than {self.share[0]:g} of the atoms")
        if self.share[1] is not None and share > self.share[1]:
            broken.append(f"more lithium than {self.share[1]:g} of the atoms")
        low, high = self.distance
        if low is not None and nearest is not None and nearest < low:
            broken.append(f"Li-Li below {low:g} Å")
        if high is not None and (nearest is None or nearest > high):
            broken.append(f"no Li-Li up to {high:g} Å")
        if self.sites_at_least is not None and density < self.sites_at_least:
            broken.append(f"fewer than {self.sites_at_least:g} lithium ions in a nm³")
        near = "" if nearest is None else f", nearest Li-Li {nearest:.2f} Å"
        reason = f"{share:.0%} of the atoms are lithium, {density:.1f} in a nm³{near}"
        details = [Detail("lithium sites", density, "1/nm³")]
        if nearest is not None:
            details.append(Detail("shortest Li-Li distance", nearest, "Å"))
        limit = self.share[1] if self.share[1] is not None and share > self.share[1] else self.share[0]
        reason = "; ".join([*broken, reason])
        return Verdict(self.name, not broken, share, limit=limit, reason=reason, details=tuple(details))


def shortest(crystal: Crystal) -> float:
    """Shortest distance between two lithium atoms, images among them, Å."""
    from ...gen.crystal import Crystal

    mobile = crystal.atomic_numbers == LITHIUM
    alone = Crystal.of(crystal.lattice, crystal.frac_coords[mobile], crystal.atomic_numbers[mobile])
    return float(PeriodicPoints(alone).nearest().min())
