"""Candidate: one draw of the models, and the functions that score and relax candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..skeleton.skeleton import Skeleton
from ..symmetry.orbits import Orbits

DRAW, RELAXATION = "draw", "relaxation"  # steps that a candidate may fail before any check


@dataclass(frozen=True)
class Relaxation:
    """Relaxation of a crystal within its space group.

    symbol     meaning                                                       unit
    distance   root mean square displacement of its atoms                    Å
    energy     on the potential's own scale                                  eV/atom
    height     energy above the hull of known compounds; NaN where unknown   eV/atom
    potential  name of the potential
    """

    distance: float
    energy: float
    height: float
    potential: str


@dataclass(frozen=True)
class Relaxed:
    """Orbits after a relaxation; if it failed, ``relaxation`` is None and ``failure`` gives the reason."""

    orbits: Orbits
    relaxation: Relaxation | None = None
    failure: str = ""


@dataclass(frozen=True)
class Candidate:
    """One draw of the models: orbits with finite parameters, or the reason for a failure.

    symbol          meaning
    seed            of the draw
    orbits          the crystal; None if the draw failed
    log_likelihood  of the skeleton, nats
    failure         the reason, empty for a candidate without failure
    redrawn         rounds of draws in which every skeleton so far had a penalty
    relaxation      of the crystal, if it was relaxed
    failed          the step that failed: ``DRAW`` or ``RELAXATION``
    kind            of skeletons that the crystal was to keep; empty without one
    """

    seed: int
    orbits: Orbits | None
    log_likelihood: float
    failure: str = ""
    redrawn: int = 0
    relaxation: Relaxation | None = None
    failed: str = DRAW
    kind: str = ""


# penalties (n,): 0 for no objection, larger for worse, infinite for a refusal
SkeletonPenalty = Callable[[Sequence[Skeleton]], NDArray[np.float64]]
CrystalPenalty = Callable[[Sequence[Orbits]], NDArray[np.float64]]
Relax = Callable[[Orbits], Relaxed]


def relax_all(candidates: Sequence[Candidate], relax: Relax | None) -> list[Candidate]:
    """The candidates after relaxation; unchanged if ``relax`` is None."""
    return list(candidates) if relax is None else [_relaxed(candidate, relax) for candidate in candidates]


def _relaxed(candidate: Candidate, relax: Relax) -> Candidate:
    if candidate.orbits is None:
        return candidate
    result = relax(candidate.orbits)
    failed = RELAXATION if result.failure else candidate.failed
    return replace(candidate, orbits=result.orbits, relaxation=result.relaxation, failure=result.failure, failed=failed)


def lowest_penalty(groups: Sequence[Sequence[Candidate]], penalty: CrystalPenalty, n: int) -> list[list[Candidate]]:
    """The ``n`` candidates of each group with the lowest penalty, in its order; failed candidates come last."""
    flat = [(k, i, c.orbits) for k, group in enumerate(groups) for i, c in enumerate(group)]
    sound = [(k, i, orbits) for k, i, orbits in flat if orbits is not None and not groups[k][i].failure]
    penalties = [np.full(len(group), np.inf) for group in groups]
    values = penalty([orbits for _, _, orbits in sound]) if sound else ()
    for (k, i, _), value in zip(sound, values, strict=True):
        penalties[k][i] = value
    orders = [of_group.argsort(kind="stable")[:n] for of_group in penalties]
    return [[group[i] for i in order] for group, order in zip(groups, orders, strict=True)]
