"""The composition of a disordered crystal for checks that need no positions."""

from __future__ import annotations

from typing import Any

from ..gen.disordered_crystal import DisorderedCrystal
from .average_cell import average_cell
from .cell_choice import chosen_rounding
from .formal_charges import FormalCharges, NoCharges, formal_charges
from .order_options import OrderOptions

NEUTRAL = 0.002  # charge per atom, e, up to which occupancies count as neutral: their rounding


def neutral_composition(crystal: DisorderedCrystal) -> Any:
    """pymatgen ``Composition`` of the crystal; where its occupancies are charged, that of the nearest neutral cell.

    Refined occupancies of Li are often off, and the charge that is left would count as oxidation or reduction: 0.03 Li
    too many in Li10GeP2S12 are given up at 1.7 V. So the charge that rounding leaves is balanced, too. Raises
    ``NoOrderings`` where no cell is neutral.
    """
    try:
        charges = formal_charges(crystal.counts)
    except NoCharges:
        return crystal.composition
    if abs(charges.net(crystal.counts)) <= NEUTRAL * sum(crystal.counts.values()):
        return _balanced(crystal, charges)
    options = OrderOptions()
    rounding = chosen_rounding(average_cell(crystal), charges, options.max_atoms, options.tolerance)
    from pymatgen.core import Composition, Element

    return Composition({Element.from_Z(z): n for z, n in rounding.counts.items()})


def _balanced(crystal: DisorderedCrystal, charges: FormalCharges) -> Any:
    """The composition with as much more or less of the most frequent ion of the mixed places as balances the charge."""
    net = charges.net(crystal.counts)
    mixed = {z for share, is_mixed in zip(crystal.shares, crystal.is_mixed, strict=True) if is_mixed for z in share}
    charged = [z for z in mixed if charges.of.get(z)]
    if not charged or abs(net) < 1e-9:
        return crystal.composition
    z = max(charged, key=lambda one: (crystal.counts[one], -one))
    from pymatgen.core import Composition, Element

    counts = {**crystal.counts, z: crystal.counts[z] - net / charges.of[z]}
    return Composition({Element.from_Z(one): n for one, n in counts.items()})
