"""Making one chunk of a run: draw, judge, draw again for those that fell."""

from __future__ import annotations

import math
from collections import abc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.sampling import STEPS
from ..gen.sampling.candidate import Candidate, CrystalLacks, Lacks, Relax
from ..gen.skeleton.constraints import Constraints
from ..gen.weight_files import DEFAULT_FOLDER
from ..validators.structure.unique import Unique
from .acceptance import AcceptanceTest, Attempt
from .bias_correction import inverse_corrected
from .options import WITHIN_RUN, GenerationOptions
from .partition import Partition, attempt_seed, target_seed
from .records import Batch, GeneratedCrystal, Rejected
from .relax_candidates import relaxing
from .skeleton_score import SkeletonScore
from .target_filter import accept, with_predictions

GUESS = 2  # attempts at the geometry of one guess


class CandidateSource(Protocol):
    """What a generator needs of the models: ``gen.sampling.sampler.Sampler`` has it."""

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        lacks: Lacks | None = None,
        looks: CrystalLacks | None = None,
        relax: Relax | None = None,
    ) -> list[Candidate]:
        """One candidate per seed, in order; each depends on its own seed alone."""

    def predict(
        self,
        seeds: Sequence[int],
        ranks: Sequence[int],
        pool_seed: int,
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        relax: Relax | None = None,
    ) -> list[Candidate]:
        """Candidates for a formula, rank 0 the best guess; each depends on its seed, its rank and the pool's seed."""


def make_batch(
    sampler: CandidateSource,
    judge: AcceptanceTest,
    slots: Partition,
    targets: Targets,
    how: GenerationOptions,
    index: int,
) -> Batch:
    """Makes one chunk: round k draws attempt k of every slot that is still open."""
    constraints, wishes = targets.constraints(), targets.property_targets
    asked = {slot: targets.properties(target_seed(how.seed, slot)) for slot in slots.of(index)}
    made: dict[int, GeneratedCrystal] = {}
    rejected: list[Rejected] = []
    for number in range(how.attempts):
        still_open = [slot for slot in asked if slot not in made]
        if not still_open:
            break
        attempts = [Attempt(slot, number, asked[slot]) for slot in still_open]
        candidates = _candidates(sampler, attempts, constraints, wishes, how, slots.n)
        judged = [judge(*pair) for pair in zip(candidates, attempts, strict=True)]
        if wishes:
            judged = with_predictions(judged, wishes, _surrogates(sampler))
        for outcome in judged:
            one = accept(outcome, wishes, how.confidence) if how.keep else outcome
            if isinstance(one, GeneratedCrystal):
                made[one.slot] = one
            else:
                rejected.append(one)
    return Batch(
        index,
        tuple(made[slot] for slot in sorted(made)),
        tuple(sorted(rejected, key=lambda r: (r.slot, r.attempt))),
        tuple(slot for slot in asked if slot not in made),
    )


def _candidates(
    sampler: CandidateSource,
    attempts: Sequence[Attempt],
    constraints: Constraints,
    wishes: Sequence[PropertyTarget],
    how: GenerationOptions,
    n: int,
) -> list[Candidate]:
    """A candidate for each attempt. Of a formula, slot s of n gets the models' guess number s, then s + n, ….

    Each guess has as many attempts as ``GUESS`` says: its geometry may fail by bad luck.
    """
    seeds = [attempt_seed(how.seed, attempt.slot, attempt.number) for attempt in attempts]
    soft = (
        [inverse_corrected(attempt.asked) for attempt in attempts]
        if any(attempt.asked for attempt in attempts)
        else None
    )
    relax = relaxing() if how.relax else None
    if constraints.formula is not None and soft is None:
        ranks = [attempt.slot + n * (attempt.number // GUESS) for attempt in attempts]
        return sampler.predict(seeds, ranks, how.seed, constraints, None, how.steps, how.guidance, relax)
    asked = any("energy_above_hull" in attempt.asked for attempt in attempts)
    charged = "charge" in how.checks and constraints.formula is None
    worth = SkeletonScore(charged, how.stable and not asked, how.new, wishes if how.fit else (), _surrogates(sampler))
    looks = worth.of_crystals if worth.wanted else None
    return sampler.draw(seeds, constraints, soft, how.steps, how.guidance, worth, looks, relax)


def _surrogates(sampler: CandidateSource) -> Path:
    """The folder of the weights that predict what this sampler can be asked for."""
    return Path(getattr(sampler, "surrogates", DEFAULT_FOLDER))


class RunFilter:
    """What needs the crystals made before: is this the first of its kind, and are there ``keep`` of them (0: any)?

    With ``keep`` only the first of its kind is kept, else all are, each with the verdict.
    """

    def __init__(self, keep: int = 0) -> None:
        self.unique = Unique()
        self.keep, self.made = keep, 0

    @property
    def enough(self) -> bool:
        """Whether the run is at its end."""
        return 0 < self.keep <= self.made

    def __call__(self, chunk: Batch) -> Batch:
        """The chunk with a verdict for each crystal, in the order of slots; nothing of it after the last one wanted."""
        made: list[GeneratedCrystal] = []
        again: list[Rejected] = []
        for one in chunk.made:
            if self.enough:
                break
            verdict = self.unique.check(one.crystal)
            if self.keep and verdict.passed is False:
                again.append(one.rejected(WITHIN_RUN, verdict.reason))
            else:
                known = tuple(v for v in one.verdicts if v.name != WITHIN_RUN)
                made.append(replace(one, verdicts=(*known, verdict)))
                self.unique.add(one.crystal)
                self.made += 1
        last = made[-1].slot if self.enough else math.inf
        return Batch(
            chunk.index,
            tuple(made),
            tuple(sorted((r for r in (*chunk.rejected, *again) if r.slot <= last), key=lambda r: (r.slot, r.attempt))),
            tuple(sorted(slot for slot in (*chunk.spent, *(r.slot for r in again)) if slot <= last)),
        )

    def of(self, fresh: abc.Generator[Batch, None, None]) -> Iterator[Batch]:
        """Every chunk so, until there are enough."""
        with closing(fresh):
            while not self.enough and (chunk := next(fresh, None)) is not None:
                yield self(chunk)

    def remember(self, chunk: Batch) -> None:
        """Takes note of crystals that have their verdict already."""
        self.made += len(chunk.made)
        for made in chunk.made:
            self.unique.add(made.crystal)
