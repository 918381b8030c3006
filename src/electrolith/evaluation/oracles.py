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
from ..validators.mechanics.finite_strain import elasticity
from ..validators.mechanics.moduli import DEFAULT, MAX_ATOMS
from ..validators.mechanics.strained_cell import NoTensor
from ..validators.relaxation.relax import relax
from ..validators.thermodynamics.formation_energy import formation_energy, hull_distance
from ..validators.transport.barrier import MAX_ATOMS as MAX_BARRIER_ATOMS
from ..validators.transport.barrier import RESOLUTION
from ..validators.transport.bond_valence import site_energy
from ..validators.transport.percolation import percolation_energies
from ..validators.transport.softbv_parameters import MOBILE, NoSiteEnergy

BULK, TENSOR, BARRIER, ENERGY, DENSITY, RELAXED = "bulk", "tensor", "barrier", "energy", "density", "relaxed"
COMPUTED_BY = {  # oracle → properties
    BULK: ("bulk_modulus",),
    TENSOR: ("bulk_modulus", "shear_modulus"),
    BARRIER: ("li_barrier_1d", "li_barrier_2d", "li_barrier"),
    ENERGY: ("formation_energy_per_atom", "energy_above_hull"),
    DENSITY: ("density",),
}
BY_POTENTIAL = (BULK, TENSOR)
CHEAPEST_FIRST = (DENSITY, ENERGY, BARRIER, BULK, TENSOR)


class NoAnswer(ValueError):
    """An oracle cannot compute its properties for this crystal; the message says why."""


@dataclass(frozen=True)
class Finding:
    """Answer of one oracle for one crystal.

    symbol   meaning                                                            unit
    values   by property, as computed; infinite for a barrier without a path    that of the property
    reason   why there are no values
    seconds  wall time of the computation                                       s
    extra    of a relaxation: the crystal and its energy
    """

    values: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)


def cheapest_oracles(properties: Collection[str]) -> tuple[str, ...]:
    """The cheapest oracles that compute these properties, cheapest first; properties without an oracle are ignored."""
    requested = set(properties)
    chosen = [TENSOR if "shear_modulus" in requested else BULK] if requested & set(COMPUTED_BY[TENSOR]) else []
    chosen += [oracle for oracle in (BARRIER, ENERGY, DENSITY) if requested & set(COMPUTED_BY[oracle])]
    return tuple(sorted(chosen, key=CHEAPEST_FIRST.index))


def oracle_key(oracle: str, potential: str = DEFAULT) -> str:
    """Name under which a finding is stored: with the potential where the oracle uses it."""
    return f"{oracle} {potential}" if oracle in BY_POTENTIAL else oracle


def ask_oracles(crystal: Crystal, keys: Collection[str], known: Mapping[str, Finding]) -> dict[str, Finding]:
    """Findings of these keys for a crystal; never raises for a bad crystal.

    ``known`` holds earlier findings. When it has no relaxation and one is needed, the relaxation is computed, and is
    part of the result.
    """
    findings: dict[str, Finding] = {}
    if any(key != DENSITY for key in keys) and RELAXED not in known:
        findings[RELAXED] = _timed(lambda: _relaxation(crystal))
    relaxation = findings.get(RELAXED) or known.get(RELAXED)
    for key in keys:
        if key == DENSITY:
            findings[key] = _timed(lambda: Finding({DENSITY: crystal.density}))
        elif key != RELAXED and relaxation is not None and relaxation.reason:
            findings[key] = Finding(reason=relaxation.reason)
        elif key != RELAXED and relaxation is not None:
            findings[key] = _timed(_computation(key, relaxation))
    return findings


def relaxed_crystal(finding: Finding) -> Crystal:
    """The crystal of a finding ``relaxed``."""
    extra = finding.extra
    return Crystal.of(extra["lattice"], extra["frac_coords"], extra["atomic_numbers"])


def _timed(compute: Callable[[], Finding]) -> Finding:
    start = time.perf_counter()
    try:
        finding = compute()
    except UserError:
        raise
    except (NoAnswer, NoTensor, NoSiteEnergy) as error:
        finding = Finding(reason=str(error))
    except Exception as error:  # noqa: BLE001  one bad crystal must not end an evaluation
        finding = Finding(reason=f"could not be computed: {unexpected(error, 'an oracle')}")
    return Finding(finding.values, finding.reason, round(time.perf_counter() - start, 2), finding.extra)


def _relaxation(crystal: Crystal) -> Finding:
    relaxed = relax(primitive_cell(crystal))
    if relaxed.crystal is None:
        raise NoAnswer(f"not relaxed: {relaxed.failure}")
    minimum = relaxed.crystal
    return Finding(
        extra={
            "lattice": minimum.lattice.tolist(), "frac_coords": minimum.frac_coords.tolist(),
            "atomic_numbers": minimum.atomic_numbers.tolist(), "energy": relaxed.energy,
            "converged": relaxed.converged,
        }
    )  # fmt: skip


def _computation(key: str, relaxation: Finding) -> Callable[[], Finding]:
    oracle, _, potential = key.partition(" ")
    crystal = relaxed_crystal(relaxation)
    if oracle == ENERGY:
        return lambda: _energies(crystal, float(relaxation.extra["energy"]))
    if oracle == BARRIER:
        return lambda: _barriers(crystal)
    return lambda: _moduli(crystal, oracle, potential)


def _moduli(crystal: Crystal, oracle: str, potential: str) -> Finding:
    cell = primitive_cell(crystal)
    if len(cell) > MAX_ATOMS:
        raise NoAnswer(f"more than {MAX_ATOMS} atoms in the primitive cell")
    if oracle == BULK:
        return Finding({"bulk_modulus": bulk_modulus(cell, potential)})
    found = elasticity(cell, potential, fall=True)
    if not found.is_stable:
        raise NoAnswer(f"mechanically unstable: smallest eigenvalue of the elastic tensor {found.softest:.1f} GPa")
    return Finding({"bulk_modulus": found.bulk_modulus, "shear_modulus": found.shear_modulus})


def _barriers(crystal: Crystal) -> Finding:
    is_mobile = crystal.atomic_numbers == MOBILE
    if not is_mobile.any():
        return Finding(dict.fromkeys(COMPUTED_BY[BARRIER], math.inf))  # no Li⁺ that could move
    cell = primitive_cell(crystal)
    if is_mobile.all() or len(cell) > MAX_BARRIER_ATOMS:
        raise NoAnswer("lithium metal" if is_mobile.all() else f"more than {MAX_BARRIER_ATOMS} atoms")
    barriers = percolation_energies(site_energy(cell, RESOLUTION))
    return Finding(dict(zip(COMPUTED_BY[BARRIER], barriers, strict=True)))


def _energies(crystal: Crystal, energy: float) -> Finding:
    try:
        formation = formation_energy(crystal, energy)
    except KeyError as error:
        raise NoAnswer(f"no reference energy is known for atomic number {error}") from error
    height = hull_distance(crystal, energy)
    if not np.isfinite(height):
        raise NoAnswer("no known compounds mix to this composition")
    return Finding({"formation_energy_per_atom": formation, "energy_above_hull": height})
