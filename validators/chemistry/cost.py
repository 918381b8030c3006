"""Check ``cost``: price of the elements in a kilogram, USD/kg.

Mass-weighted prices of the elements, from ``element_prices.csv``, each with its year and source and rounded to two
digits: as metal or gas of technical purity; lithium and vanadium as the carbonate and oxide from which ceramics are
made. Prices of single elements change by a factor of two within years, and the cost of synthesis is not included: the
number separates germanium from silicon, but not one oxide from another. The table was compiled by hand and has not been
checked against its sources row by row: take a price as an order of magnitude.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ..check import CompositionCheck
from ..verdict import Detail, Verdict

if TYPE_CHECKING:
    from pymatgen.core import Composition

PRICES = Path(__file__).with_name("element_prices.csv")


@dataclass(frozen=True)
class Price:
    """Price of an element, USD/kg, with its year, the form of the element and the source."""

    usd_per_kg: float
    year: int
    form: str
    source: str


class Cost(CompositionCheck):
    """Check of the cost. Value: price of the elements in a kilogram, USD/kg.

    argument   meaning                                        unit
    at_most    limit; None: report the price, always pass      USD/kg
    """

    name: ClassVar[str] = "cost"
    question: ClassVar[str] = "What do the elements in a kilogram of it cost?"
    unit: ClassVar[str] = "USD/kg"

    def __init__(self, at_most: float | None = None) -> None:
        if at_most is not None and at_most <= 0:
            raise UserError(f"A price is above 0: at_most {at_most:g} USD/kg passes nothing.")
        self.at_most = at_most

    def answer_composition(self, composition: Composition) -> Verdict:
        """The verdict; unknown if an element has no price in the table."""
        table = prices()
        shares = {element.symbol: float(composition.get_wt_fraction(element)) for element in composition}
        unknown = [symbol for symbol in shares if symbol not in table]
        if unknown:
            reason = f"the table has no price for {', '.join(unknown)}"
            return self.verdict(None, limit=self.at_most, reason=reason)
        parts = {symbol: share * table[symbol].usd_per_kg for symbol, share in shares.items()}
        total = sum(parts.values())
        dearest = max(parts, key=lambda symbol: parts[symbol])
        price = table[dearest]
        passed = self.at_most is None or total <= self.at_most
        reason = f"its elements cost {total:.3g} USD/kg, {dearest} {parts[dearest] / total:.0%} of it"
        details = (
            Detail("dearest element", dearest),
            Detail(f"price of {dearest}", price.usd_per_kg, self.unit),
            Detail("source", f"{price.source}, {price.form}, {price.year}"),
        )
        return self.verdict(passed, total, limit=self.at_most, reason=reason, details=details)


@cache
def prices() -> dict[str, Price]:
    """The table of prices by element."""
    with PRICES.open(encoding="utf-8", newline="") as file:
        return {
            row["element"]: Price(float(row["usd_per_kg"]), int(row["year"]), row["form"], row["source"])
            for row in csv.DictReader(file)
        }
