"""The choice of a supercell: the smallest one whose whole numbers of atoms are neutral and near the shares."""

from __future__ import annotations

from ase.data import chemical_symbols

from ..gen.reading.cif_formulas import formula_text
from .average_cell import AverageCell
from .formal_charges import FormalCharges
from .rounding import Rounding, rounded

COMPACT = 120  # atoms up to which a larger cell is taken so that no element is lost
MOST_CELLS = 24  # primitive cells in a supercell; ten places of a class bring each share within ``NEAR``
NEAR = 0.1 + 1e-6  # change of a share that is near enough to look no further


class NoOrderings(ValueError):
    """A disordered crystal has no ordered model within the limits; the message says why in one line."""


def chosen_rounding(cell: AverageCell, charges: FormalCharges | None, max_atoms: int, tolerance: float) -> Rounding:
    """The numbers of atoms of the chosen supercell.

    argument    meaning
    charges     formal charges; None: the charge is not asked
    max_atoms   largest supercell, atoms
    tolerance   largest change of a share

    Raises ``NoOrderings`` where no supercell within the limits is neutral, with the charge that is left and the nearest
    neutral composition.
    """
    atoms = sum(cell.counts.values())
    largest = min(MOST_CELLS, int((max_atoms + 0.5) // atoms))
    if largest < 1:
        raise NoOrderings(f"its primitive cell holds {atoms:.0f} atoms, more than the limit of {max_atoms} atoms")
    found: list[Rounding] = []
    elements = set(cell.counts)
    for size in range(1, largest + 1):
        one = rounded(cell, size, charges)
        if one is None:
            continue
        found.append(one)
        if one.deviation <= NEAR and (set(one.counts) == elements or size * atoms > COMPACT):
            break
    near = [one for one in found if one.deviation <= NEAR]
    complete = [one for one in near if set(one.counts) == elements]
    best = next(iter([*complete, *near, *sorted(found, key=lambda one: one.deviation)]), None)
    if best is not None and best.deviation <= tolerance:
        return best
    raise NoOrderings(_not_neutral(cell, charges, largest, best, tolerance))


def _not_neutral(
    cell: AverageCell, charges: FormalCharges | None, largest: int, best: Rounding | None, tolerance: float
) -> str:
    """Why no supercell is neutral: the charge left, and the nearest neutral composition."""
    plain = rounded(cell, largest, None)
    assert plain is not None  # without a charge, any numbers do
    left = charges.net(plain.counts) if charges is not None else 0.0
    words = "no rounding of its occupancies is"
    start = f"{words} neutral: {formula_text(plain.counts)} keeps the charge {left:+g}"
    if charges is not None:
        named = ", ".join(f"{chemical_symbols[z]}{q:+g}" for z, q in sorted(charges.of.items()))
        start += f" ({named})"
    if best is None:
        return f"{start}, and no numbers of atoms on its mixed sites make up for it"
    if abs(left) < 1e-6:
        start = f"{words} near enough"
    return (
        f"{start}; the nearest neutral composition is {formula_text(best.counts)}, which changes a share by "
        f"{best.deviation:.2f}, more than the tolerance of {tolerance:g}"
    )


def lost_elements(cell: AverageCell, rounding: Rounding) -> list[str]:
    """Symbols of the elements of which the rounding keeps no atom."""
    return [chemical_symbols[z] for z in sorted(set(cell.counts) - set(rounding.counts))]
