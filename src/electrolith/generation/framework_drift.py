"""Relaxation of crystals with a framework: one that loses it is a failure with its reason."""

from __future__ import annotations

from functools import partial

import numpy as np

from ..gen.sampling.candidate import Relax, Relaxed
from ..gen.skeleton.framework import Framework
from ..gen.symmetry.orbits import Orbits, crystal_of

LARGEST_DRIFT = 0.7  # Å: of an atom of the framework


def keeping_framework(relax: Relax, framework: Framework | None) -> Relax:
    """The relaxation, which fails where an atom of the framework's elements moves by more than ``LARGEST_DRIFT``."""
    return (
        relax if framework is None or framework.infill & set(framework.elements) else partial(_kept, relax, framework)
    )


def _kept(relax: Relax, framework: Framework, orbits: Orbits) -> Relaxed:
    from pymatgen.analysis.structure_matcher import StructureMatcher  # seconds

    result = relax(orbits)
    if result.failure or result.relaxation is None:
        return result
    before, after = (
        crystal_of(_without(one, framework.infill), primitive=True).structure for one in (orbits, result.orbits)
    )
    distances = StructureMatcher(primitive_cell=False).get_rms_dist(before, after)
    edge = (before.volume / len(before)) ** (1 / 3)  # unit of the distances
    if distances is not None and distances[1] * edge <= LARGEST_DRIFT:
        return result
    how = "into another one" if distances is None else f"by {distances[1] * edge:.1f} Å"
    return Relaxed(orbits, failure=f"the relaxation moves the framework {how}")


def _without(orbits: Orbits, infill: frozenset[int]) -> Orbits:
    stays = ~np.isin(orbits.elements, list(infill))
    return Orbits(
        orbits.space_group, orbits.positions[stays], orbits.elements[stays], orbits.theta[stays], orbits.lattice
    )
