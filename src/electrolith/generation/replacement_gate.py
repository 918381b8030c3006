"""The gate: candidates that are predicted to lie far above the hull, and known crystals, are replaced.

A prediction of the height costs a tenth of the checks, so it comes before them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..gen.sampling.candidate import Candidate
from ..gen.sampling.geometry_sampler import LARGEST_COORDINATE
from ..gen.surrogate.orbit_surrogate import energies_above_hull
from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.symmetry.orbits import Orbits
from ..gen.threads import one_thread
from ..gen.weight_folders import DEFAULT_FOLDER
from .acceptance import Attempt, rejected_candidate
from .records import STABILITY_CHECK, GeneratedCrystal, Outcome, Rejected
from .skeleton_score import HULL

MOST = 16  # candidates of one slot that the gate rejects before the slot gets the best of them
MOST_KNOWN = (
    2  # known ones among them: more than that are rare unless all crystals that the constraints allow are known
)
NOVEL = "novel"
DIGITS = 6  # of heights: the others depend on what else is predicted at the same time


class Rejection(NamedTuple):
    """A rejected candidate.

    symbol   meaning
    height   predicted energy above the hull, eV/atom
    known    the crystal, if it passed the checks and is known; None for one above the limit
    """

    height: float
    candidate: Candidate
    attempt: Attempt
    known: GeneratedCrystal | None = None


class ReplacementGate:
    """Rejects candidates far above the hull and known crystals, and remembers them by their slot."""

    def __init__(self, limit: float | None, new: bool) -> None:
        """``limit`` of the predicted energy above the hull is in eV/atom. ``new``: known crystals are rejected."""
        self.limit, self.new = limit, new
        self._rejected: dict[int, list[Rejection]] = defaultdict(list)

    def before_checks(self, candidate: Candidate, attempt: Attempt, height: float) -> Rejected | None:
        """The rejection of a candidate whose predicted height is above the limit."""
        if self.limit is None or not height > self.limit:
            return None
        self._rejected[attempt.slot].append(Rejection(height, candidate, attempt))
        reason = f"predicted {height:.3f} eV/atom above the hull, more than {self.limit:g}"
        return rejected_candidate(candidate, attempt, STABILITY_CHECK, reason)

    def after_checks(self, candidate: Candidate, attempt: Attempt, outcome: Outcome) -> Outcome:
        """The rejection of a crystal that is known."""
        verdict = outcome.verdict(NOVEL) if self.new and isinstance(outcome, GeneratedCrystal) else None
        if verdict is None or verdict.passed is not False or not isinstance(outcome, GeneratedCrystal):
            return outcome
        self._rejected[attempt.slot].append(Rejection(outcome.height, candidate, attempt, outcome))
        return outcome.rejected(NOVEL, verdict.reason)

    def gives_up(self, slot: int) -> bool:
        """Whether a slot has used up its rejections: no others should be drawn."""
        known = sum(one.known is not None for one in self._rejected[slot])
        return known >= MOST_KNOWN or len(self._rejected[slot]) >= MOST

    def best_first(self, slot: int) -> list[Rejection]:
        """The rejected candidates of a slot: new ones before known ones, each by ascending height."""
        return sorted(self._rejected[slot], key=lambda one: (one.known is not None, one.height, one.attempt.number))


def predicted_heights(orbits: Sequence[Orbits | None], weights: Path = DEFAULT_FOLDER) -> list[float]:
    """Predicted energies above the hull, eV/atom; NaN where there are no orbits or their numbers are not plausible.

    The larger of two predictions: the height itself, and the formation energy less the hull. Of candidates that were
    selected by one, the other is the better judge. ``weights`` is the folder of the surrogates.
    """
    sound = [one for one in orbits if one is not None and _plausible(one)]
    if not sound:
        return [math.nan] * len(orbits)
    with one_thread("cpu"):
        predictions = structure_surrogate_in(weights).predict(sound)
    above_hull, _ = energies_above_hull(predictions, [one.composition for one in sound])
    larger = np.fmax(predictions.of(HULL)[0], above_hull)  # fmax: above_hull is NaN where the hull lacks an element
    found = iter(larger.round(DIGITS).tolist())
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
