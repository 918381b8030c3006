"""Any crystal as places with shares, and which ions are around a place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..gen.crystal import Crystal
from ..gen.disordered_crystal import DisorderedCrystal
from ..gen.errors import UserError
from ..gen.reading.part import Entry
from .ewald_pairs import pair_energies

LEAST_SHARE = 0.1  # of a place, from which it counts as a neighbour
SHELL = 1.25  # of the shortest distance to an ion of opposite charge: the first shell


def as_places(entry: Entry) -> DisorderedCrystal:
    """The entry as a disordered crystal, an ordered one with full shares. Raises ``UserError`` if it is unreadable."""
    if not isinstance(entry, Crystal):
        if entry.disordered is None:
            raise UserError(f"{entry.source or entry.name} is not a crystal: {entry.reason}.")
        return entry.disordered
    shares = tuple({int(z): 1.0} for z in entry.atomic_numbers)
    kinds = np.unique(entry.atomic_numbers, return_inverse=True)[1].reshape(-1)
    coords = entry.frac_coords % 1.0
    return DisorderedCrystal(entry.lattice, coords, shares, kinds, (), entry.name, entry.remarks, entry.source)


def neighbours_of_elements(crystal: DisorderedCrystal, charges: Mapping[int, float]) -> dict[int, int]:
    """Mean number of neighbours of opposite charge, rounded, of each element."""
    _, distances = pair_energies(crystal.frac_coords, crystal.lattice)
    occupied = np.array([sum(share.values()) >= LEAST_SHARE for share in crystal.shares])
    sign = np.array([np.sign(sum(charges[z] * part for z, part in share.items())) for share in crystal.shares])
    found: dict[int, list[int]] = {}
    for k, share in enumerate(crystal.shares):
        others = distances[k][occupied & (sign == -sign[k])]
        number = int((others <= SHELL * others.min()).sum()) if len(others) else 0
        for z in share:
            found.setdefault(z, []).append(number)
    return {z: round(float(np.mean(numbers))) for z, numbers in found.items()}
