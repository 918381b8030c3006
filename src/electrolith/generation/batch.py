"""One batch of a run: candidates are drawn and tested, and drawn again for the slots without a crystal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.sampling.candidate import Candidate
from ..gen.skeleton.constraints import Constraints
from ..gen.weight_folders import DEFAULT_FOLDER
from .acceptance import AcceptanceTest, Attempt
from .attempt_seeds import attempt_seed, target_seed
from .bias_correction import inverse_corrected
from .candidate_source import CandidateSource
from .chemistry_quota import kept_chemistry
from .options import GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal, Outcome, Rejected
from .relax_candidates import load_relaxation
from .skeleton_score import HULL, SkeletonScore
from .stability_gate import MOST, StabilityGate
from .target_filter import accept, with_predictions

ATTEMPTS_PER_GUESS = 2  # attempts at the geometry of one ranked skeleton of a formula


def make_batch(
    sampler: CandidateSource,
    acceptance: AcceptanceTest,
    partition: Partition,
    targets: Targets,
    options: GenerationOptions,
    index: int,
) -> Batch:
    """The crystals of batch ``index``: round k draws attempt k of every slot that has no crystal yet.

    Where the gate rejects ``MOST`` crystals of a slot, or its attempts end, the lowest of those that only the gate
    rejected is taken; not with ``keep``, which takes the slots that succeed.
    """
    constraints, property_targets = targets.constraints(), targets.property_targets
    requested = {slot: targets.properties(target_seed(options.seed, slot)) for slot in partition.slots(index)}
    has_height_target = any(target.name == HULL for target in property_targets)
    limit = None if has_height_target or constraints.formula is not None else options.stability_limit
    gate = StabilityGate(limit, surrogates_of(sampler))
    crystals: dict[int, GeneratedCrystal] = {}
    rejected: list[Rejected] = []
    for number in range(options.attempts):
        open_slots = [s for s in requested if s not in crystals and (options.keep or gate.rejections[s] < MOST)]
        attempts = [Attempt(slot, number, requested[slot]) for slot in open_slots]
        if not attempts:
            break
        candidates = _candidates(sampler, acceptance, attempts, constraints, property_targets, options, partition.n)
        outcomes = [acceptance(*pair) for pair in zip(candidates, attempts, strict=True)]
        outcomes = _predicted(gate(outcomes), property_targets, sampler)
        for outcome in outcomes:
            result = accept(outcome, property_targets, options.confidence) if options.keep else outcome
            if isinstance(result, GeneratedCrystal):
                crystals[result.slot] = result
            else:
                rejected.append(result)
    lowest = [] if options.keep else [one for slot, one in gate.lowest.items() if slot not in crystals]
    taken = {(one.slot, one.attempt) for one in lowest}
    made = [*crystals.values(), *_predicted(lowest, property_targets, sampler)]
    made_slots = {one.slot for one in made}
    return Batch(
        index,
        tuple(sorted((one for one in made if isinstance(one, GeneratedCrystal)), key=lambda c: c.slot)),
        tuple(sorted((r for r in rejected if (r.slot, r.attempt) not in taken), key=lambda r: (r.slot, r.attempt))),
        tuple(slot for slot in requested if slot not in made_slots),
    )


def _predicted(
    outcomes: Sequence[Outcome], property_targets: Sequence[PropertyTarget], sampler: CandidateSource
) -> list[Outcome]:
    """The outcomes, the crystals with the predictions of the requested properties."""
    return with_predictions(outcomes, property_targets, surrogates_of(sampler)) if property_targets else list(outcomes)


def surrogates_of(sampler: CandidateSource) -> Path:
    """The folder of the surrogate weights that belong to the models."""
    return Path(getattr(sampler, "surrogates", DEFAULT_FOLDER))


def _candidates(
    sampler: CandidateSource,
    acceptance: AcceptanceTest,
    attempts: Sequence[Attempt],
    constraints: Constraints,
    property_targets: Sequence[PropertyTarget],
    options: GenerationOptions,
    n: int,
) -> list[Candidate]:
    """One candidate per attempt.

    For a formula without property targets, slot s of n gets guess number s of the models, then s + n, ….
    ``ATTEMPTS_PER_GUESS`` attempts share a guess, because the geometry of a good skeleton may fail by chance.
    """
    seeds = [attempt_seed(options.seed, attempt.slot, attempt.number) for attempt in attempts]
    steps, guidance = options.resolved_steps(constraints.formula is not None), options.guidance
    relax = load_relaxation() if options.relax else None
    conditioned = any(attempt.asked for attempt in attempts)
    if constraints.formula is not None and not conditioned:
        ranks = [attempt.slot + n * (attempt.number // ATTEMPTS_PER_GUESS) for attempt in attempts]
        return sampler.predict(seeds, ranks, options.seed, constraints, None, steps, guidance, relax)
    conditions = [inverse_corrected(attempt.asked) for attempt in attempts] if conditioned else None
    hull_target = any(HULL in attempt.asked for attempt in attempts)
    score = SkeletonScore(
        charge="charge" in acceptance.replace_failing and constraints.formula is None,
        stable=options.stable and not hull_target,
        new=options.new,
        targets=property_targets if options.fit else (),
        weights=surrogates_of(sampler),
    )
    crystal_penalty = score.of_crystals if score.targets else None
    kinds = kept_chemistry(constraints, attempts, options.seed, as_drawn=conditioned) if options.balance else None
    return sampler.draw(seeds, constraints, conditions, steps, guidance, score, crystal_penalty, relax, kinds)
