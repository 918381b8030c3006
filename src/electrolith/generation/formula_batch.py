"""One batch of the structure prediction of a formula: candidates are merged where they are the same, and ranked.

More candidates than crystals are built, the most probable skeletons first. They are ranked by predicted energy; with
``relax`` the best of them are relaxed within their space groups and ranked by computed energy. Of candidates that are
the same crystal the best one stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..conditioners.targets import Targets
from ..gen.sampling.candidate import RELAXATION, Candidate
from .acceptance import AcceptanceTest, Attempt
from .attempt_candidates import surrogates_of
from .attempt_seeds import attempt_seed
from .candidate_source import CandidateSource
from .merged_candidates import Ranking
from .options import GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal, Outcome, Rejected
from .relax_candidates import load_relaxation
from .replacement_gate import with_heights

CANDIDATES = 8  # of a batch, at least
SPARE = 2  # candidates for each crystal
RELAXED = 4  # crystals that are relaxed besides as many as are asked for
PER_NAT = 0.005  # eV/atom: an improbable skeleton is ranked as if it were higher above the hull


@dataclass(frozen=True)
class FormulaBatches:
    """The batches of a structure prediction, by their index."""

    sampler: CandidateSource
    acceptance: AcceptanceTest
    partition: Partition
    targets: Targets
    options: GenerationOptions

    def __call__(self, index: int) -> Batch:
        """The crystals of batch ``index``, the best one in the first slot.

        If fewer different crystals than slots are found, the last slots have candidates that are the same as others.
        """
        n, slots = self.partition.n, self.partition.slots(index)
        size = max(CANDIDATES, SPARE * min(self.partition.batch_size, n))
        found: list[GeneratedCrystal] = []
        rejected: list[Rejected] = []
        for number in range(max(1, self.options.attempts * len(slots) // size)):
            first = (number * math.ceil(n / self.partition.batch_size) + index) * size
            places = range(number * size, (number + 1) * size)
            attempts = [Attempt(slots[k % len(slots)], k // len(slots), {}) for k in places]
            _sort_into(found, rejected, self._built(attempts, range(first, first + size)))
            if len(found) >= len(slots):
                break
        ranking = Ranking.of(sorted(found, key=_predicted_energy))
        if self.options.relax:
            best = ranking.best(len(slots) + RELAXED)
            rejected += ranking.passed_over(len(best))
            relaxed: list[GeneratedCrystal] = []
            _sort_into(relaxed, rejected, self._relaxed(best))
            ranking = Ranking.of(sorted(relaxed, key=_computed_energy))
        crystals = ranking.placed(slots)
        rejected += ranking.passed_over(len(slots), [one.id for one in crystals])
        order = sorted(rejected, key=lambda one: (one.slot, one.attempt))
        return Batch(index, tuple(crystals), tuple(order), tuple(slots[len(crystals) :]))

    def _built(self, attempts: Sequence[Attempt], ranks: Sequence[int]) -> list[Outcome]:
        """Crystals of the skeletons of these ranks, with their predicted energies."""
        seeds = [attempt_seed(self.options.seed, attempt.slot, attempt.number) for attempt in attempts]
        steps, guidance = self.options.resolved_steps(for_formula=True), self.options.guidance
        constraints = self.targets.constraints()
        return self._tested(
            self.sampler.predict(seeds, ranks, self.options.seed, constraints, None, steps, guidance), attempts
        )

    def _relaxed(self, crystals: Sequence[GeneratedCrystal]) -> list[Outcome]:
        """The crystals after relaxation, with energies predicted anew."""
        candidates = []
        for one in crystals:
            found = load_relaxation()(one.orbits)
            result = Candidate(one.seed, found.orbits, one.log_likelihood, found.failure, relaxation=found.relaxation)
            candidates.append(replace(result, failed=RELAXATION) if found.failure else result)
        outcomes = self._tested(candidates, [Attempt(one.slot, one.attempt, {}) for one in crystals])
        return [
            replace(after, merged=before.merged) if isinstance(after, GeneratedCrystal) else after
            for before, after in zip(crystals, outcomes, strict=True)
        ]

    def _tested(self, candidates: Sequence[Candidate], attempts: Sequence[Attempt]) -> list[Outcome]:
        outcomes = [self.acceptance(*pair) for pair in zip(candidates, attempts, strict=True)]
        return with_heights(outcomes, surrogates_of(self.sampler))


def _sort_into(found: list[GeneratedCrystal], rejected: list[Rejected], outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        if isinstance(one, GeneratedCrystal):
            found.append(one)
        else:
            rejected.append(one)


def _predicted_energy(crystal: GeneratedCrystal) -> float:
    """Predicted energy above the hull, eV/atom, with the cost of an improbable skeleton."""
    return crystal.height - PER_NAT * crystal.log_likelihood


def _computed_energy(crystal: GeneratedCrystal) -> float:
    """Energy of the relaxed crystal, eV/atom."""
    return math.inf if crystal.relaxation is None else crystal.relaxation.energy
