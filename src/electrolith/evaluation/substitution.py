"""Substitution of one element of a crystal by a similar one: the oldest way to new crystals.

Similar elements belong to one group of the periodic table and differ by at most ``REACH`` on Pettifor's scale of
chemical similarity (Solid State Commun. 51, 31, 1984), as pymatgen has it: Na for Li, Br for Cl, Se for S. Sites and
space group stay. The volume is scaled by the usual atomic volumes of the elements.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from ..gen.symmetry.orbits import Orbits
from ..gen.symmetry.wyckoff_tables import wyckoff_tables
from ..validators.structure.atomic_volumes import ATOMIC_VOLUMES

REACH = 3.0


@cache
def similar_elements(number: int) -> tuple[int, ...]:
    """Atomic numbers of the elements that are similar to this one, the most similar first."""
    from pymatgen.core import Element

    if (own_place := _pettifor_number(number)) is None:
        return ()
    group = Element.from_Z(number).group
    others = [Element(symbol).Z for symbol in ATOMIC_VOLUMES if Element(symbol).group == group]
    apart = {z: abs(place - own_place) for z in others if z != number and (place := _pettifor_number(z)) is not None}
    return tuple(sorted((z for z in apart if apart[z] <= REACH), key=lambda z: (apart[z], z)))


@cache
def _pettifor_number(number: int) -> float | None:
    from pymatgen.core import Element

    element = Element.from_Z(number)
    return element.mendeleev_no if element.symbol in ATOMIC_VOLUMES else None


def substituted(orbits: Orbits, old: int, new: int) -> Orbits:
    """The orbits with element ``old`` replaced by ``new`` (atomic numbers), and the volume scaled."""
    elements = np.where(orbits.elements == old, new, orbits.elements)
    lattice = orbits.lattice.copy()
    lattice[0] += math.log(_usual_volume(orbits, elements) / _usual_volume(orbits, orbits.elements)) / math.sqrt(3)
    return replace(orbits, elements=elements, lattice=lattice)


def possible_substitutions(orbits: Orbits) -> Iterator[tuple[int, int]]:
    """Pairs of an element of the crystal and a similar one that is not in it, the most similar first."""
    present = set(orbits.elements.tolist())
    for old in sorted(present):
        for new in similar_elements(old):
            if new not in present:
                yield old, new


def _usual_volume(orbits: Orbits, elements: np.ndarray) -> float:
    from ase.data import chemical_symbols

    counts = wyckoff_tables().op_count[orbits.positions]
    return float(sum(c * ATOMIC_VOLUMES[chemical_symbols[z]] for c, z in zip(counts, elements, strict=True)))
