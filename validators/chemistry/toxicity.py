"""Does it hold elements that one should not work with: toxic in all their compounds, or radioactive?

The list is ``elements_to_avoid.csv``, with the reason and the regulation of each. It judges elements, not compounds:
cobalt, nickel, chromium, vanadium, selenium and antimony are not on it though some of their compounds are classified,
since common cathodes and electrolytes hold them; ``also`` adds what one does not want, ``allow`` permits what one must.
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
    """Value: how many elements are to be avoided; passes none.

    symbol   meaning
    allow    elements of the list that are permitted nevertheless, e.g. ["Pb"]
    also     elements to be avoided besides, e.g. ["Co", "Ni"]
    """

    name: ClassVar[str] = "toxicity"
    question: ClassVar[str] = "Does it contain toxic or radioactive elements?"
    unit: ClassVar[str] = ""

    def __init__(self, allow: Sequence[str] = (), also: Sequence[str] = ()) -> None:
        both = set(_symbols(allow)) & set(_symbols(also))
        if both:
            raise UserError(f"{', '.join(sorted(both))} cannot be both allowed and avoided.")
        table = elements_to_avoid() | dict.fromkeys(_symbols(also), "not wanted (asked for)")
        self.avoid = {symbol: why for symbol, why in table.items() if symbol not in allow}

    def answer_composition(self, composition: Composition) -> Verdict:
        """Names each element to be avoided, and why."""
        found = [element.symbol for element in composition if element.symbol in self.avoid]
        reason = "; ".join(f"{symbol}: {self.avoid[symbol]}" for symbol in found) or "no element to be avoided"
        details = tuple(Detail(f"avoid {symbol}", self.avoid[symbol]) for symbol in found)
        return Verdict(self.name, not found, float(len(found)), limit=0.0, reason=reason, details=details)


def _symbols(symbols: Sequence[str]) -> list[str]:
    from pymatgen.core import Element

    names = [symbols] if isinstance(symbols, str) else list(symbols)
    unknown = [name for name in names if not Element.is_valid_symbol(name)]
    if unknown:
        raise UserError(f"{', '.join(map(str, unknown))} is no element: write symbols such as Pb.")
    return names


@cache
def elements_to_avoid() -> dict[str, str]:
    """Why each element of the list is to be avoided, with the source."""
    with ELEMENTS.open(encoding="utf-8", newline="") as file:
        return {row["element"]: f"{row['why']} ({row['source']})" for row in csv.DictReader(file)}
