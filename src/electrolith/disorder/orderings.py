"""Ordered models of a disordered crystal.

1. The shares are rounded to whole numbers in the smallest supercell that is neutral (``cell_choice``), or in a larger
   one where that has too few orderings.
2. Its orderings of lowest Ewald energy with formal charges are enumerated, or sampled (``ordering_search``).
3. The structure surrogate, then a potential, rank the best of them (``ordering_ranks``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from .average_cell import AverageCell, average_cell
from .cell_choice import COMPACT, NEAR, NoOrderings, chosen_rounding, lost_elements
from .formal_charges import FormalCharges, NoCharges, formal_charges
from .order_options import OrderOptions
from .ordering_energy import OrderingEnergy
from .ordering_ranks import Ordering, ranked_orderings
from .ordering_search import Found, OrderingSearch
from .placements import VACANT, Choice
from .rounding import Rounding, rounded
from .supercell import supercell_of

__all__ = ["NoOrderings", "Ordering", "Orderings", "order"]


@dataclass(frozen=True, eq=False)
class Orderings:
    """The ordered models of a crystal, the most stable first.

    symbol     meaning
    models     the best models
    ways       number of ways to place the atoms in the supercell
    distinct   number of those that differ by symmetry; None where they were sampled
    deviation  largest change of a share by rounding
    remarks    what rounding and sampling did, one sentence each
    """

    models: tuple[Ordering, ...]
    ways: int
    distinct: int | None
    deviation: float
    remarks: tuple[str, ...] = ()


def order(crystal: DisorderedCrystal, options: OrderOptions = OrderOptions()) -> Orderings:  # noqa: B008
    """The ordered models of a crystal. Raises ``NoOrderings`` with the reason where it has none."""
    cell = average_cell(crystal)
    charges = charges_of(cell)
    asked = charges if any(charges.of.values()) else None
    rounding = chosen_rounding(cell, asked, options.max_atoms, options.tolerance)
    energy, found = _searched(cell, rounding, charges, options)
    atoms, times = sum(rounding.counts.values()), 2
    while len(found.choices) < options.orderings and times * atoms <= min(COMPACT, options.max_atoms):
        larger = rounded(cell, times * rounding.size, asked)
        if larger is not None and larger.deviation <= max(NEAR, rounding.deviation):
            energy, found = _searched(cell, larger, charges, options)
        times += 1
    name = crystal.name or "crystal"
    crystals = [
        ordered_crystal(energy, choice, f"{name}-{k}", crystal) for k, choice in enumerate(found.choices, start=1)
    ]
    models = ranked_orderings(crystals, (found.energies / len(crystals[0])).tolist(), options)
    named = tuple(
        replace(one, crystal=replace(one.crystal, name=f"{name}-{k}")) for k, one in enumerate(models, start=1)
    )
    if not named:
        raise NoOrderings("all of its models have atoms that are too close to each other")
    remarks = _remarks(crystal, cell, rounding, found)
    return Orderings(named, found.ways, found.distinct, rounding.deviation, remarks)


def _searched(
    cell: AverageCell, rounding: Rounding, charges: FormalCharges, options: OrderOptions
) -> tuple[OrderingEnergy, Found]:
    """The orderings of lowest Ewald energy in the supercell of a rounding."""
    energy = OrderingEnergy(cell, rounding, supercell_of(cell, rounding.size), _neutralised(charges, rounding))
    return energy, OrderingSearch(energy, options.seed).lowest(max(options.candidates, options.orderings))


def charges_of(cell: AverageCell) -> FormalCharges:
    """The formal charges of the elements; all 0 where they have none, as in an alloy."""
    try:
        return formal_charges(cell.counts)
    except NoCharges:
        return FormalCharges(dict.fromkeys(cell.counts, 0.0))


def _neutralised(charges: FormalCharges, rounding: Rounding) -> FormalCharges:
    """The charges, where the element of mixed valence makes up for what rounding has changed."""
    z = charges.mixed_valence
    if z is None or not rounding.counts.get(z):
        return charges
    charge = charges.of[z] - charges.net(rounding.counts) / rounding.counts[z]
    return FormalCharges({**charges.of, z: charge}, z)


def ordered_crystal(energy: OrderingEnergy, choice: Choice, name: str, crystal: DisorderedCrystal) -> Crystal:
    """The crystal of an ordering."""
    places, numbers = [energy.fixed[:, 0]], [energy.fixed[:, 1]]
    for group, chosen in zip(energy.classes, choice, strict=True):
        contents = np.array(group.contents)[chosen]
        places.append(group.places[contents != VACANT])
        numbers.append(contents[contents != VACANT])
    place, number = np.concatenate(places), np.concatenate(numbers)
    order_ = np.lexsort((place, number))
    supercell = energy.supercell
    found = Crystal.of(supercell.lattice, supercell.positions[place[order_]], number[order_], name)
    return replace(found, remarks=crystal.remarks, source=crystal.source)


def _remarks(crystal: DisorderedCrystal, cell: AverageCell, rounding: Rounding, found: Found) -> tuple[str, ...]:
    remarks = list(crystal.remarks)
    if lost := lost_elements(cell, rounding):
        remarks.append(f"Rounding keeps no atom of {', '.join(lost)}, of which the cell has less than one.")
    if found.distinct is None:
        remarks.append(
            f"There are {found.ways:.3g} ways to place its atoms: too many to enumerate, so they are sampled."
        )
    return tuple(remarks)
