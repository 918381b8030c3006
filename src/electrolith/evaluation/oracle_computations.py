"""Computations behind the oracles: relaxation, moduli, Li⁺ barriers, energies and density of a crystal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping

import numpy as np

from ..gen.crystal import Crystal
from ..gen.elements import LITHIUM
from ..gen.errors import UserError, unexpected
from ..gen.symmetry.orbits import primitive_cell
from ..validators.mechanics.bulk_modulus import bulk_modulus
from ..validators.mechanics.finite_strain import elasticity
from ..validators.mechanics.moduli import MAX_ATOMS
from ..validators.mechanics.strained_cell import NoTensor
from ..validators.relaxation.relax import relax
from ..validators.thermodynamics.formation_energy import formation_energy, hull_distance
from ..validators.transport.barrier import MAX_ATOMS as MAX_BARRIER_ATOMS
from ..validators.transport.barrier import RESOLUTION
from ..validators.transport.bond_valence import site_energy
from ..validators.transport.percolation import percolation_energies
from ..validators.transport.softbv_parameters import NoSiteEnergy
from .oracle_findings import Finding
from .oracles import BARRIER, BULK, COMPUTED_BY, DENSITY, ENERGY, RELAXED


class NoAnswer(ValueError):
    """An oracle cannot compute its properties for this crystal; the message says why."""


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
    arrays = {name: getattr(minimum, name).tolist() for name in ("lattice", "frac_coords", "atomic_numbers")}
    return Finding(extra=arrays | {"energy": relaxed.energy, "converged": relaxed.converged})


def _computation(key: str, relaxation: Finding) -> Callable[[], Finding]:
    oracle, _, potential = key.partition(" ")
    crystal = relaxation.relaxed
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
    is_mobile = crystal.atomic_numbers == LITHIUM
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
