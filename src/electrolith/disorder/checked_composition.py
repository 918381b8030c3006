"""The composition of a disordered crystal for checks that need no positions."""

from __future__ import annotations

from typing import Any

from ..gen.disordered_crystal import DisorderedCrystal
from .average_cell import average_cell
from .cell_choice import chosen_rounding
from .formal_charges import NoCharges, formal_charges
from .order_options import OrderOptions

NEUTRAL = 0.002  # charge per atom, e, up to which occupancies count as neutral: their rounding


def neutral_composition(crystal: DisorderedCrystal) -> Any:
    """pymatgen ``Composition`` of the crystal; where its occupancies are charged, that of the nearest neutral cell.

    Refined occupancies of Li are often off, and the charge that is left would count as oxidation or reduction. Raises
    ``NoOrderings`` where no cell is neutral.
    """
    try:
        charges = formal_charges(crystal.counts)
    except NoCharges:
        return crystal.composition
    if abs(charges.net(crystal.counts)) <= NEUTRAL * sum(crystal.counts.values()):
        return crystal.composition
    options = OrderOptions()
    rounding = chosen_rounding(average_cell(crystal), charges, options.max_atoms, options.tolerance)
    from pymatgen.core import Composition, Element

    return Composition({Element.from_Z(z): n for z, n in rounding.counts.items()})
