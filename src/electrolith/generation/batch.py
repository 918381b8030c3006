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
from .attempt_seeds import attempt_seed, slot_point, target_seed
from .bias_correction import inverse_corrected
from .candidate_source import CandidateSource
from .chemistry_quota import chemistry_quota
from .options import GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal, Rejected
from .relax_candidates import load_relaxation
from .skeleton_score import HULL, SkeletonScore
from .stability_gate import gated
from .target_filter import accept, with_predictions

FREE_AFTER = 10  # attempts after which a crystal need not keep its chemistry
ATTEMPTS_PER_GUESS = 2  # attempts at the geometry of one ranked skeleton of a formula


def make_batch(
    sampler: CandidateSource,
    acceptance: AcceptanceTest,
    partition: Partition,
    targets: Targets,
    options: GenerationOptions,
    index: int,
) -> Batch:
    """The crystals of batch ``index``: round k draws attempt k of every slot that has no crystal yet."""
    constraints, property_targets = targets.constraints(), targets.property_targets
    requested = {slot: targets.properties(target_seed(options.seed, slot)) for slot in partition.slots(index)}
    has_height_target = any(target.name == HULL for target in property_targets)
    limit = None if has_height_target or constraints.formula is not None else options.stability_limit
    crystals: dict[int, GeneratedCrystal] = {}
    rejected: list[Rejected] = []
    for number in range(options.attempts):
        attempts = [Attempt(slot, number, asked) for slot, asked in requested.items() if slot not in crystals]
        if not attempts:
            break
        candidates = _candidates(sampler, acceptance, attempts, constraints, property_targets, options, partition.n)
        outcomes = [acceptance(*pair) for pair in zip(candidates, attempts, strict=True)]
        outcomes = gated(outcomes, limit, surrogates_of(sampler))
        if property_targets:
            outcomes = with_predictions(outcomes, property_targets, surrogates_of(sampler))
        for outcome in outcomes:
            result = accept(outcome, property_targets, options.confidence) if options.keep else outcome
            if isinstance(result, GeneratedCrystal):
                crystals[result.slot] = result
            else:
                rejected.append(result)
    return Batch(
        index,
        tuple(crystals[slot] for slot in sorted(crystals)),
        tuple(sorted(rejected, key=lambda r: (r.slot, r.attempt))),
        tuple(slot for slot in requested if slot not in crystals),
    )


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
    kinds = None
    if options.balance and attempts[0].number < FREE_AFTER:
        first = [attempt_seed(options.seed, attempt.slot, 0) for attempt in attempts]
        points = [slot_point(options.seed, attempt.slot) for attempt in attempts]
        kinds = chemistry_quota(constraints, first, points, as_drawn=conditioned)
    return sampler.draw(seeds, constraints, conditions, steps, guidance, score, crystal_penalty, relax, kinds)
