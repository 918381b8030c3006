"""Relaxation of candidates before the checks and predictions, which then refer to the relaxed crystal.

The surrogates were trained on relaxed crystals. In systems that are difficult for the models, candidates move by half
an ångström during a relaxation, and predictions before it are not reliable.
"""

from __future__ import annotations

from functools import cache

from ..gen.sampling.candidate import Relax, Relaxation, Relaxed
from ..gen.symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..validators.relaxation.potentials import CHGNET, calculator
from ..validators.relaxation.relaxation_check import Relaxation as RelaxationCheck
from ..validators.thermodynamics.formation_energy import hull_distance

MAX_STEPS = 200  # of the optimiser; most candidates need 20


@cache
def _check() -> RelaxationCheck:
    calculator(CHGNET)
    return RelaxationCheck(CHGNET, max_steps=MAX_STEPS)


def load_relaxation() -> Relax:
    """``relax_candidate``, with its potential loaded; raises ``UserError`` if the potential is not installed."""
    _check()
    return relax_candidate


def relax_candidate(orbits: Orbits) -> Relaxed:
    """The local minimum of CHGNet with the same space group, or a failure with its reason. Never raises."""
    verdict, crystal = _check().apply(crystal_of(orbits, primitive=True))
    if crystal is None or crystal.findings.energy is None or not verdict.passed or verdict.value is None:
        return Relaxed(orbits, failure=verdict.reason)
    try:
        relaxed = orbits_of(crystal, STRICT_SYMPREC)
    except NoOrbits as error:
        return Relaxed(orbits, failure=str(error))
    if relaxed.space_group != orbits.space_group:
        return Relaxed(
            orbits, failure=f"after relaxation it has space group {relaxed.space_group}, not {orbits.space_group}"
        )
    energy = crystal.findings.energy.per_atom
    return Relaxed(relaxed, Relaxation(float(verdict.value), energy, hull_distance(crystal, energy), CHGNET))
