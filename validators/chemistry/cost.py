"""What do the elements in a kilogram of it cost?

Mass-weighted prices of the elements, from ``element_prices.csv``, each with its year and source and rounded to two
digits: as metal or gas of technical purity, lithium and vanadium as the carbonate and oxide that ceramics are made of.
Prices of single elements move by a factor of two within years, and synthesis is not in them: the number tells
germanium from silicon, not one oxide from the next. The table was compiled by hand and has not been checked against its
sources row by row: take a price as an order of magnitude.
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
UNIT = "USD/kg"


@dataclass(frozen=True)
class Price:
    """What an element costs: USD/kg, in which year, in what form, and who says so."""

    usd_per_kg: float
    year: int
    form: str
    source: str


class Cost(CompositionCheck):
    """Value: price of the elements in a kilogram, USD/kg.

    symbol     meaning                                      unit
    at_most    the price is no higher; None: any            USD/kg
    """

    name: ClassVar[str] = "cost"
    question: ClassVar[str] = "What do the elements in a kilogram of it cost?"
    unit: ClassVar[str] = "USD/kg"

    def __init__(self, at_most: float | None = None) -> None:
        if at_most is not None and at_most <= 0:
            raise UserError(f"Nothing costs at most {at_most:g} USD/kg.")
        self.at_most = at_most

    def answer_composition(self, composition: Composition) -> Verdict:
        """Unknown where an element has no price in the table."""
        table = prices()
        shares = {element.symbol: float(composition.get_wt_fraction(element)) for element in composition}
        unknown = [symbol for symbol in shares if symbol not in table]
        if unknown:
            reason = f"no price of {', '.join(unknown)} in the table"
            return Verdict(self.name, None, unit=UNIT, limit=self.at_most, reason=reason)
        parts = {symbol: share * table[symbol].usd_per_kg for symbol, share in shares.items()}
        total = sum(parts.values())
        dearest = max(parts, key=lambda symbol: parts[symbol])
        price = table[dearest]
        passed = self.at_most is None or total <= self.at_most
        reason = f"its elements cost {total:.3g} USD/kg, {dearest} {parts[dearest] / total:.0%} of it"
        details = (
            Detail("dearest element", dearest),
            Detail(f"price of {dearest}", price.usd_per_kg, UNIT),
            Detail("source", f"{price.source}, {price.form}, {price.year}"),
        )
        return Verdict(self.name, passed, total, None, UNIT, self.at_most, reason, details)


@cache
def prices() -> dict[str, Price]:
    """The table, by element."""
    with PRICES.open(encoding="utf-8", newline="") as file:
        return {
            row["element"]: Price(float(row["usd_per_kg"]), int(row["year"]), row["form"], row["source"])
            for row in csv.DictReader(file)
        }
