"""Check ``toxicity``: elements that are toxic in all their compounds, or radioactive.

The list is ``elements_to_avoid.csv``, with the reason and the regulation for each element. It is about elements, not
compounds: cobalt, nickel, chromium, vanadium, selenium and antimony are not listed, although some of their compounds
are classified, since common cathodes and electrolytes contain them. ``also`` adds elements, ``allow`` permits them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ..check import CompositionCheck
from ..verdict import Detail, Verdict

if TYPE_CHECKING:
    from pymatgen.core import Composition

ELEMENTS = Path(__file__).with_name("elements_to_avoid.csv")


class Toxicity(CompositionCheck):
    """Check of toxic elements. Value: number of elements to avoid; passes if there are none.

    argument  meaning
    allow     elements of the list that are permitted, e.g. ["Pb"]
    also      more elements to avoid, e.g. ["Co", "Ni"]
    """

    name: ClassVar[str] = "toxicity"
    question: ClassVar[str] = "Does it contain toxic or radioactive elements?"
    unit: ClassVar[str] = ""

    def __init__(self, allow: Sequence[str] = (), also: Sequence[str] = ()) -> None:
        both = set(_symbols(allow)) & set(_symbols(also))
        if both:
            raise UserError(f"{', '.join(sorted(both))} cannot be both allowed and avoided.")
        table = elements_to_avoid() | dict.fromkeys(_symbols(also), "excluded by the option also")
        self.avoid = {symbol: why for symbol, why in table.items() if symbol not in allow}

    def answer_composition(self, composition: Composition) -> Verdict:
        """The reason names each element to avoid, and why."""
        found = [element.symbol for element in composition if element.symbol in self.avoid]
        reason = "; ".join(f"{symbol}: {self.avoid[symbol]}" for symbol in found) or "no element to avoid"
        details = tuple(Detail(f"avoid {symbol}", self.avoid[symbol]) for symbol in found)
        return self.verdict(not found, float(len(found)), limit=0.0, reason=reason, details=details)


def _symbols(symbols: Sequence[str]) -> list[str]:
    from pymatgen.core import Element

    names = [symbols] if isinstance(symbols, str) else list(symbols)
    unknown = [name for name in names if not Element.is_valid_symbol(name)]
    if unknown:
        raise UserError(f"{', '.join(map(str, unknown))} is not an element: write symbols such as Pb.")
    return names


@cache
def elements_to_avoid() -> dict[str, str]:
    """Elements of the list, each with the reason and its source."""
    with ELEMENTS.open(encoding="utf-8", newline="") as file:
        return {row["element"]: f"{row['why']} ({row['source']})" for row in csv.DictReader(file)}
