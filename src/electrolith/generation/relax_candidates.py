"""Relaxing crystals while they are made, so that what is predicted and checked is the relaxed crystal.

Surrogates learnt from relaxed crystals. Of candidates in systems that the models find hard, which move by half an
ångström when they are relaxed, they can tell little before.
"""

from __future__ import annotations

from functools import cache

from ..gen.sampling.candidate import Relax, Relaxation, Relaxed
from ..gen.symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..validators.relaxation.potentials import CHGNET, calculator
from ..validators.relaxation.relaxation_check import Relaxation as RelaxationCheck
from ..validators.thermodynamics.formation_energy import hull_distance

MAX_STEPS = 200  # of the optimiser: most candidates need 20


@cache
def _check() -> RelaxationCheck:
    calculator(CHGNET)
    return RelaxationCheck(CHGNET, max_steps=MAX_STEPS)


def relaxing() -> Relax:
    """``relaxed``, once the potential is there; raises ``UserError`` where it is not installed."""
    _check()
    return relaxed


def relaxed(orbits: Orbits) -> Relaxed:
    """The nearest minimum of CHGNet with the same space group; never raises for what a model has made."""
    verdict, crystal = _check().apply(crystal_of(orbits, primitive=True))
    if crystal is None or crystal.findings.energy is None or not verdict.passed or verdict.value is None:
        return Relaxed(orbits, failure=verdict.reason)
    try:
        found = orbits_of(crystal, STRICT_SYMPREC)
    except NoOrbits as error:
        return Relaxed(orbits, failure=str(error))
    if found.space_group != orbits.space_group:
        return Relaxed(orbits, failure=f"relaxed, it has space group {found.space_group}, not {orbits.space_group}")
    energy = crystal.findings.energy.per_atom
    return Relaxed(found, Relaxation(float(verdict.value), energy, hull_distance(crystal, energy), CHGNET))
