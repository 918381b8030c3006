"""Oracles: computations of the properties of a crystal that are independent of the labels the models learnt from.

oracle    properties                                 method
bulk      bulk modulus                               energy at two isotropic strains, with a potential
tensor    bulk and shear modulus                     elastic tensor by finite strain, with a potential
barrier   Li⁺ barriers in 1, 2 and 3 dimensions      bond-valence site energy
energy    formation energy, energy above the hull    CHGNet
density   density                                    mass over volume, as generated

All but the density are computed for the crystal after relaxation with CHGNet. Band gap and conductivity have no oracle.
The default potential is SevenNet-l3i5. SevenNet-0 is 2.5 times as fast, but finds shear moduli of alloys 40 % too low.
A mechanically unstable crystal is displaced and relaxed without symmetry; the tensor reported is that of the result.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..gen.properties import BARRIERS
from ..validators.mechanics.moduli import DEFAULT

BULK, TENSOR, BARRIER, ENERGY, DENSITY, RELAXED = "bulk", "tensor", "barrier", "energy", "density", "relaxed"
COMPUTED_BY = {  # oracle → properties
    BULK: ("bulk_modulus",),
    TENSOR: ("bulk_modulus", "shear_modulus"),
    BARRIER: BARRIERS,
    ENERGY: ("formation_energy_per_atom", "energy_above_hull"),
    DENSITY: ("density",),
}
BY_POTENTIAL = (BULK, TENSOR)
CHEAPEST_FIRST = (DENSITY, ENERGY, BARRIER, BULK, TENSOR)


def cheapest_oracles(properties: Collection[str]) -> tuple[str, ...]:
    """The cheapest oracles that compute these properties, cheapest first; properties without an oracle are ignored."""
    requested = set(properties)
    chosen = [TENSOR if "shear_modulus" in requested else BULK] if requested & set(COMPUTED_BY[TENSOR]) else []
    chosen += [oracle for oracle in (BARRIER, ENERGY, DENSITY) if requested & set(COMPUTED_BY[oracle])]
    return tuple(sorted(chosen, key=CHEAPEST_FIRST.index))


def oracle_key(oracle: str, potential: str = DEFAULT) -> str:
    """Name under which a finding is stored: with the potential where the oracle uses it."""
    return f"{oracle} {potential}" if oracle in BY_POTENTIAL else oracle


def oracle_for(name: str, keys: Sequence[str]) -> str:
    """The key of the oracle that computes a property, or an empty text."""
    return next((key for key in keys if name in COMPUTED_BY[key.partition(" ")[0]]), "")
