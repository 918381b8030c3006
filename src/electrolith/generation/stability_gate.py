"""The gate: crystals that are predicted to lie far above the hull of known compounds are replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.threads import one_thread
from ..gen.weight_folders import DEFAULT_FOLDER
from .records import STABILITY_CHECK, GeneratedCrystal, Outcome
from .skeleton_score import HULL

MOST = 10  # crystals of one slot that the gate rejects before the slot gets the lowest of them


class StabilityGate:
    """Predicts the energy above the hull of each crystal, and rejects those above a limit.

    symbol      meaning
    lowest      of each slot the rejected crystal with the lowest prediction
    rejections  number of rejected crystals of each slot
    """

    def __init__(self, limit: float | None, weights: Path = DEFAULT_FOLDER) -> None:
        """``limit`` is in eV/atom; None: the prediction alone. ``weights`` is the folder of the surrogates."""
        self.limit, self.weights = limit, weights
        self.lowest: dict[int, GeneratedCrystal] = {}
        self.rejections: Counter[int] = Counter()

    def __call__(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes with their predictions, judged in their order; those that are no crystals are unchanged."""
        return [self.judged(one) for one in self.predicted(outcomes)]

    def predicted(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, the crystals with the predicted height; those that are no crystals are unchanged."""
        crystals = [one for one in outcomes if isinstance(one, GeneratedCrystal)]
        if not crystals:
            return list(outcomes)
        with one_thread("cpu"):
            predictions = structure_surrogate_in(self.weights).predict([one.orbits for one in crystals])
        heights = iter(predictions.of(HULL)[0].tolist())
        return [replace(one, height=next(heights)) if isinstance(one, GeneratedCrystal) else one for one in outcomes]

    def judged(self, outcome: Outcome) -> Outcome:
        """The rejection of a crystal whose predicted height is above the limit, counted for its slot."""
        if not isinstance(outcome, GeneratedCrystal) or self.limit is None or outcome.height <= self.limit:
            return outcome
        self.rejections[outcome.slot] += 1
        lowest = self.lowest.get(outcome.slot)
        if lowest is None or outcome.height < lowest.height:
            self.lowest[outcome.slot] = outcome
        reason = f"predicted {outcome.height:.3f} eV/atom above the hull, more than {self.limit:g}"
        return outcome.rejected(STABILITY_CHECK, reason)
