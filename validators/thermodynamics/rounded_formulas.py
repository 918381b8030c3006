"""Formulas with rounded decimals: the lithium content that makes them neutral.

Li0.33La0.56TiO3 has 0.01 electrons too many, for its decimals are rounded. A window takes this as titanium that is
reduced, and ends where the hundredth of a lithium atom leaves, 2 V too low.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymatgen.core import Composition

ROUNDING = 0.03  # charge of a formula unit that counts as rounding
MOST_CHOICES = 10_000


def neutral(composition: Composition) -> Composition:
    """The composition with the lithium that balances its charge, if all that is missing is rounding; else itself.

    Formulas of whole numbers, and those without lithium, stay as they are.
    """
    from pymatgen.core import Composition, Element

    lithium = Element("Li")
    if lithium not in composition or all(abs(n - round(n)) < 1e-6 for n in composition.values()):
        return composition
    states = [(1,) if element == lithium else element.common_oxidation_states for element in composition]
    choices = 1
    for one in states:
        choices *= len(one)
    if not 0 < choices <= MOST_CHOICES:
        return composition
    amounts = list(composition.values())
    charge = min((sum(q * n for q, n in zip(one, amounts, strict=True)) for one in product(*states)), key=abs)
    if not 1e-6 < abs(charge) <= min(ROUNDING, composition[lithium] / 2):
        return composition
    return Composition({**dict(composition.items()), lithium: composition[lithium] - charge})
