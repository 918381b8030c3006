"""What a draw gives, and what may be asked of it while it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..skeleton.skeleton import Skeleton
from ..symmetry.orbits import Orbits

DRAW, RELAXATION = "draw", "relaxation"  # what a candidate may fail before any check


@dataclass(frozen=True)
class Relaxation:
    """How a crystal was relaxed within its space group.

    symbol     meaning                                                       unit
    distance   root mean square displacement of its atoms                    Å
    energy     the potential's, on its own scale                             eV/atom
    height     energy above the hull of known compounds; NaN where unknown   eV/atom
    potential  name of the potential
    """

    distance: float
    energy: float
    height: float
    potential: str


@dataclass(frozen=True)
class Relaxed:
    """Orbits as a relaxation left them; without ``relaxation`` it failed, and ``failure`` says why."""

    orbits: Orbits
    relaxation: Relaxation | None = None
    failure: str = ""


@dataclass(frozen=True)
class Candidate:
    """One draw: orbits with finite parameters, or the reason why they are none or no good.

    symbol          meaning
    log_likelihood  of the skeleton, nats
    failure         the reason, empty for a sound candidate
    redrawn         skeletons refused before it
    relaxation      how it was relaxed, if it was
    failed          what it failed
    """

    seed: int
    orbits: Orbits | None
    log_likelihood: float
    failure: str = ""
    redrawn: int = 0
    relaxation: Relaxation | None = None
    failed: str = DRAW


Lacks = Callable[[Sequence[Skeleton]], NDArray[np.float64]]
CrystalLacks = Callable[[Sequence[Orbits]], NDArray[np.float64]]
Relax = Callable[[Orbits], Relaxed]


def relax_all(candidates: Sequence[Candidate], relax: Relax | None) -> list[Candidate]:
    """The same candidates, relaxed if they are to be."""
    return list(candidates) if relax is None else [_relaxed(candidate, relax) for candidate in candidates]


def _relaxed(candidate: Candidate, relax: Relax) -> Candidate:
    if candidate.orbits is None:
        return candidate
    found = relax(candidate.orbits)
    failed = RELAXATION if found.failure else candidate.failed
    return replace(candidate, orbits=found.orbits, relaxation=found.relaxation, failure=found.failure, failed=failed)
