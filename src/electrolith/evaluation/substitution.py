"""A known crystal with one of its elements exchanged by a like one: the oldest way to a new crystal.

Like are elements of one group of the periodic table at most ``REACH`` apart on Pettifor's scale of chemical similarity
(Solid State Commun. 51, 31, 1984), as pymatgen has it: Na for Li, Br for Cl, Se for S. Sites and space group stay; the
volume changes as the elements' usual ones do.
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
def alike(number: int) -> tuple[int, ...]:
    """Atomic numbers of the elements like this one, the most alike first."""
    from pymatgen.core import Element

    if (mine := _scale(number)) is None:
        return ()
    group = Element.from_Z(number).group
    others = [Element(symbol).Z for symbol in ATOMIC_VOLUMES if Element(symbol).group == group]
    apart = {z: abs(place - mine) for z in others if z != number and (place := _scale(z)) is not None}
    return tuple(sorted((z for z in apart if apart[z] <= REACH), key=lambda z: (apart[z], z)))


@cache
def _scale(number: int) -> float | None:
    from pymatgen.core import Element

    element = Element.from_Z(number)
    return element.mendeleev_no if element.symbol in ATOMIC_VOLUMES else None


def exchanged(orbits: Orbits, old: int, new: int) -> Orbits:
    """The orbits with element ``old`` exchanged by ``new``, atomic numbers, at the volume that fits."""
    elements = np.where(orbits.elements == old, new, orbits.elements)
    lattice = orbits.lattice.copy()
    lattice[0] += math.log(_usual_volume(orbits, elements) / _usual_volume(orbits, orbits.elements)) / math.sqrt(3)
    return replace(orbits, elements=elements, lattice=lattice)


def exchanges(orbits: Orbits) -> Iterator[tuple[int, int]]:
    """Elements that can be exchanged, and by which: one that is not there yet, the most alike first."""
    there = set(orbits.elements.tolist())
    for old in sorted(there):
        for new in alike(old):
            if new not in there:
                yield old, new


def _usual_volume(orbits: Orbits, elements: np.ndarray) -> float:
    from ase.data import chemical_symbols

    counts = wyckoff_tables().op_count[orbits.positions]
    return float(sum(c * ATOMIC_VOLUMES[chemical_symbols[z]] for c, z in zip(counts, elements, strict=True)))
