"""Making one chunk of a run: draw, judge, draw again for those that fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from .conditioners.targets import Targets
from .gen.sampling.sampler import Candidate, Lacks
from .gen.skeleton.constraints import Constraints
from .how import PREDICTION_STEPS, STEPS, WITHIN_RUN, How
from .judge import Attempt, Judge
from .record import Chunk, GeneratedCrystal, Rejected
from .slots import Slots, attempt_seed, target_seed
from .validators.unique import Unique
from .worth import Worth

GUESS = 2  # attempts at the geometry of one guess


class Draws(Protocol):
    """What a generator needs of the models: ``gen.sampling.sampler.Sampler`` has it."""

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = 50,
        guidance: float = 1.0,
        lacks: Lacks | None = None,
    ) -> list[Candidate]:
        """One candidate per seed, in order; each depends on its own seed alone."""

    def predict(
        self,
        seeds: Sequence[int],
        ranks: Sequence[int],
        pool_seed: int,
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = 50,
        guidance: float = 1.0,
    ) -> list[Candidate]:
        """Candidates for a formula, rank 0 the best guess; each depends on its seed, its rank and the pool's seed."""


def make_chunk(sampler: Draws, judge: Judge, slots: Slots, targets: Targets, how: How, index: int) -> Chunk:
    """Makes one chunk: round k draws attempt k of every slot that is still open."""
    constraints = targets.constraints()
    asked = {slot: targets.properties(target_seed(how.seed, slot)) for slot in slots.of(index)}
    made: dict[int, GeneratedCrystal] = {}
    rejected: list[Rejected] = []
    for number in range(how.max_attempts):
        still_open = [slot for slot in asked if slot not in made]
        if not still_open:
            break
        attempts = [Attempt(slot, number, asked[slot]) for slot in still_open]
        for attempt, candidate in zip(attempts, _candidates(sampler, attempts, constraints, how, slots.n), strict=True):
            outcome = judge(candidate, attempt)
            if isinstance(outcome, GeneratedCrystal):
                made[attempt.slot] = outcome
            else:
                rejected.append(outcome)
    return Chunk(
        index,
        tuple(made[slot] for slot in sorted(made)),
        tuple(sorted(rejected, key=lambda r: (r.slot, r.attempt))),
        tuple(slot for slot in asked if slot not in made),
    )


def _candidates(
    sampler: Draws, attempts: Sequence[Attempt], constraints: Constraints, how: How, n: int
) -> list[Candidate]:
    """A candidate for each attempt. Of a formula, slot s of n gets the models' guess number s, then s + n, ….

    Each guess has as many attempts as ``GUESS`` says: its geometry may fail by bad luck.
    """
    seeds = [attempt_seed(how.seed, attempt.slot, attempt.number) for attempt in attempts]
    soft = [attempt.asked for attempt in attempts] if any(attempt.asked for attempt in attempts) else None
    steps = how.steps or (STEPS if constraints.formula is None else PREDICTION_STEPS)
    if constraints.formula is not None and soft is None:
        ranks = [attempt.slot + n * (attempt.number // GUESS) for attempt in attempts]
        return sampler.predict(seeds, ranks, how.seed, constraints, None, steps, how.guidance)
    told = any("energy_above_hull" in attempt.asked for attempt in attempts)
    worth = Worth("charge" in how.checks and constraints.formula is None, how.stable and not told, how.new)
    return sampler.draw(seeds, constraints, soft, steps, how.guidance, worth)


class WithinRun:
    """Adds the verdict that needs the crystals made before: is it the first of its kind?"""

    def __init__(self) -> None:
        self.unique = Unique()

    def __call__(self, chunk: Chunk) -> Chunk:
        """The chunk with that verdict for each crystal, in the order of slots."""
        return replace(chunk, made=tuple(self._judged(made) for made in chunk.made))

    def remember(self, chunk: Chunk) -> None:
        """Takes note of crystals that have their verdict already."""
        for made in chunk.made:
            self.unique.add(made.crystal)

    def _judged(self, made: GeneratedCrystal) -> GeneratedCrystal:
        verdict = self.unique.check(made.crystal)
        self.unique.add(made.crystal)
        known = tuple(v for v in made.verdicts if v.name != WITHIN_RUN)
        return replace(made, verdicts=(*known, verdict))
