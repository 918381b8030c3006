"""The gate: candidates that are predicted to lie far above the hull of known compounds are replaced.

A prediction costs a tenth of the checks, so it comes first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..gen.sampling.candidate import Candidate
from ..gen.sampling.geometry_sampler import LARGEST_COORDINATE
from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.symmetry.orbits import Orbits
from ..gen.threads import one_thread
from ..gen.weight_folders import DEFAULT_FOLDER
from .acceptance import Attempt, rejected_candidate
from .records import STABILITY_CHECK, GeneratedCrystal, Outcome, Rejected
from .skeleton_score import HULL

MOST = 10  # candidates of one slot that the gate rejects before the slot gets the lowest of them


class StabilityGate:
    """Rejects candidates whose predicted energy above the hull is above a limit, and remembers them by their slot."""

    def __init__(self, limit: float | None) -> None:
        """``limit`` is in eV/atom; None: none is rejected."""
        self.limit = limit
        self._rejected: dict[int, list[tuple[float, int, Candidate, Attempt]]] = defaultdict(list)

    def rejection(self, candidate: Candidate, attempt: Attempt, height: float) -> Rejected | None:
        """The rejection of a candidate whose predicted height is above the limit."""
        if self.limit is None or not height > self.limit:
            return None
        self._rejected[attempt.slot].append((height, attempt.number, candidate, attempt))
        reason = f"predicted {height:.3f} eV/atom above the hull, more than {self.limit:g}"
        return rejected_candidate(candidate, attempt, STABILITY_CHECK, reason)

    def gives_up(self, slot: int) -> bool:
        """Whether so many candidates of a slot were rejected that no others should be drawn."""
        return len(self._rejected[slot]) >= MOST

    def lowest_first(self, slot: int) -> Iterator[tuple[float, Candidate, Attempt]]:
        """The rejected candidates of a slot by ascending height."""
        for height, _, candidate, attempt in sorted(self._rejected[slot], key=lambda one: one[:2]):
            yield height, candidate, attempt


def predicted_heights(orbits: Sequence[Orbits | None], weights: Path = DEFAULT_FOLDER) -> list[float]:
    """Predicted energies above the hull, eV/atom; NaN where there are no orbits or their numbers are not plausible.

    ``weights`` is the folder of the surrogates.
    """
    sound = [one for one in orbits if one is not None and _plausible(one)]
    if not sound:
        return [math.nan] * len(orbits)
    with one_thread("cpu"):
        found = iter(structure_surrogate_in(weights).predict(sound).of(HULL)[0].tolist())
    return [math.nan if one is None or not _plausible(one) else next(found) for one in orbits]


def with_heights(outcomes: Sequence[Outcome], weights: Path = DEFAULT_FOLDER) -> list[Outcome]:
    """The outcomes, the crystals with their predicted heights."""
    heights = predicted_heights(
        [one.orbits if isinstance(one, GeneratedCrystal) else None for one in outcomes], weights
    )
    pairs = zip(outcomes, heights, strict=True)
    return [replace(one, height=height) if isinstance(one, GeneratedCrystal) else one for one, height in pairs]


def _plausible(orbits: Orbits) -> bool:
    return bool(np.isfinite(orbits.theta).all() and (np.abs(orbits.lattice) < LARGEST_COORDINATE).all())
