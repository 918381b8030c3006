"""Who says what property a crystal has: judges that know nothing of the labels the models were trained on.

judge     properties                                 how
bulk      bulk modulus                               two strains along all axes at once, with a potential
tensor    bulk and shear modulus                     the whole elastic tensor by finite strain, with a potential
barrier   Li⁺ barriers in 1, 2 and 3 dimensions      bond-valence site energy
energy    formation energy, energy above the hull    CHGNet
density   density                                    mass over volume, as made

All but the density are asked of the crystal that CHGNet has relaxed. Band gap and conductivity have no judge. The
potential is SevenNet-l3i5 unless told; SevenNet-0, 2.5 times as quick, finds shear moduli of alloys 40 % too low.
A crystal that a strain softens lies on a saddle, where nobody could hold it: its tensor is that of what it falls to.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..gen.crystal import Crystal
from ..gen.errors import UserError, unexpected
from ..gen.symmetry.orbits import primitive_cell
from ..validators.mechanics.bulk_modulus import bulk_modulus
from ..validators.mechanics.finite_strain import NoTensor, elasticity
from ..validators.mechanics.moduli import DEFAULT, MAX_ATOMS
from ..validators.relaxation.relax import relax
from ..validators.thermodynamics.formation_energy import formation_energy, hull_distance
from ..validators.transport.barrier import MAX_ATOMS as MAX_BARRIER_ATOMS
from ..validators.transport.barrier import RESOLUTION
from ..validators.transport.bond_valence import MOBILE, NoSiteEnergy, site_energy
from ..validators.transport.percolation import percolation_energies

BULK, TENSOR, BARRIER, ENERGY, DENSITY, RELAXED = "bulk", "tensor", "barrier", "energy", "density", "relaxed"
GIVES = {
    BULK: ("bulk_modulus",),
    TENSOR: ("bulk_modulus", "shear_modulus"),
    BARRIER: ("li_barrier_1d", "li_barrier_2d", "li_barrier"),
    ENERGY: ("formation_energy_per_atom", "energy_above_hull"),
    DENSITY: ("density",),
}
BY_POTENTIAL = (BULK, TENSOR)
CHEAPEST_FIRST = (DENSITY, ENERGY, BARRIER, BULK, TENSOR)


class NotJudged(ValueError):
    """A judge has no answer for this crystal; the message says why."""


@dataclass(frozen=True)
class Finding:
    """What one judge said of one crystal.

    symbol   meaning                                                            unit
    values   by property, as computed; infinite for a barrier without a path    that of the property
    reason   why there are none
    seconds  that it took                                                       s
    extra    of a relaxation: the crystal and its energy
    """

    values: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)


def judges_of(properties: Collection[str]) -> tuple[str, ...]:
    """The cheapest judges that tell all these properties, of those that any judge tells, the cheapest first."""
    wanted = set(properties)
    chosen = [TENSOR if "shear_modulus" in wanted else BULK] if wanted & set(GIVES[TENSOR]) else []
    chosen += [judge for judge in (BARRIER, ENERGY, DENSITY) if wanted & set(GIVES[judge])]
    return tuple(sorted(chosen, key=CHEAPEST_FIRST.index))


def key(judge: str, potential: str = DEFAULT) -> str:
    """The name under which a finding is kept: with the potential where it depends on it."""
    return f"{judge} {potential}" if judge in BY_POTENTIAL else judge


def find(crystal: Crystal, keys: Collection[str], known: Mapping[str, Finding]) -> dict[str, Finding]:
    """The findings of these keys on a crystal; ``known`` holds earlier ones, the relaxation among them perhaps.

    Never raises for a bad crystal. A relaxation made on the way is among what is given back.
    """
    found: dict[str, Finding] = {}
    if any(k != DENSITY for k in keys) and RELAXED not in known:
        found[RELAXED] = _timed(lambda: _relaxed(crystal))
    relaxation = found.get(RELAXED) or known.get(RELAXED)
    for k in keys:
        if k == DENSITY:
            found[k] = _timed(lambda: Finding({DENSITY: crystal.density}))
        elif k != RELAXED and relaxation is not None and relaxation.reason:
            found[k] = Finding(reason=relaxation.reason)
        elif k != RELAXED and relaxation is not None:
            judge, _, potential = k.partition(" ")
            found[k] = _timed(_question(judge, relaxation, potential))
    return found


def _timed(ask: Callable[[], Finding]) -> Finding:
    start = time.perf_counter()
    try:
        said = ask()
    except UserError:
        raise
    except (NotJudged, NoTensor, NoSiteEnergy) as error:
        said = Finding(reason=str(error))
    except Exception as error:  # noqa: BLE001  one bad crystal must not end an evaluation
        said = Finding(reason=f"could not be judged: {unexpected(error, 'an oracle')}")
    return Finding(said.values, said.reason, round(time.perf_counter() - start, 2), said.extra)


def _relaxed(crystal: Crystal) -> Finding:
    found = relax(primitive_cell(crystal))
    if found.crystal is None:
        raise NotJudged(f"not relaxed: {found.failure}")
    made = found.crystal
    return Finding(
        extra={
            "lattice": made.lattice.tolist(), "frac_coords": made.frac_coords.tolist(),
            "atomic_numbers": made.atomic_numbers.tolist(), "energy": found.energy, "converged": found.converged,
        }
    )  # fmt: skip


def relaxed_crystal(finding: Finding) -> Crystal:
    """The crystal that a relaxation gave."""
    extra = finding.extra
    return Crystal.of(extra["lattice"], extra["frac_coords"], extra["atomic_numbers"])


def _question(judge: str, relaxation: Finding, potential: str) -> Callable[[], Finding]:
    crystal = relaxed_crystal(relaxation)
    if judge == ENERGY:
        return lambda: _energies(crystal, float(relaxation.extra["energy"]))
    if judge == BARRIER:
        return lambda: _barriers(crystal)
    return lambda: _moduli(crystal, judge, potential)


def _moduli(crystal: Crystal, judge: str, potential: str) -> Finding:
    cell = primitive_cell(crystal)
    if len(cell) > MAX_ATOMS:
        raise NotJudged(f"more than {MAX_ATOMS} atoms in the primitive cell")
    if judge == BULK:
        return Finding({"bulk_modulus": bulk_modulus(cell, potential)})
    found = elasticity(cell, potential, fall=True)
    if not found.is_stable:
        raise NotJudged(f"mechanically unstable: a strain softens it ({found.softest:.1f} GPa)")
    return Finding({"bulk_modulus": found.bulk_modulus, "shear_modulus": found.shear_modulus})


def _barriers(crystal: Crystal) -> Finding:
    is_mobile = crystal.atomic_numbers == MOBILE
    if not is_mobile.any():
        return Finding(dict.fromkeys(GIVES[BARRIER], math.inf))  # no Li⁺ that could wander
    cell = primitive_cell(crystal)
    if is_mobile.all() or len(cell) > MAX_BARRIER_ATOMS:
        raise NotJudged("lithium alone" if is_mobile.all() else f"more than {MAX_BARRIER_ATOMS} atoms")
    barriers = percolation_energies(site_energy(cell, RESOLUTION))
    return Finding(dict(zip(GIVES[BARRIER], barriers, strict=True)))


def _energies(crystal: Crystal, energy: float) -> Finding:
    try:
        formation = formation_energy(crystal, energy)
    except KeyError as error:
        raise NotJudged(f"no zero of formation energies is known for atomic number {error}") from error
    height = hull_distance(crystal, energy)
    if not np.isfinite(height):
        raise NotJudged("no known compounds mix to this composition")
    return Finding({"formation_energy_per_atom": formation, "energy_above_hull": height})
