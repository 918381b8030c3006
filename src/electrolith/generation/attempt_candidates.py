"""Attempts: their candidates by the models, and how many are drawn at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..conditioners.property_target import PropertyTarget
from ..gen.sampling.candidate import Candidate
from ..gen.sampling.crystal_sampler import FINALISTS
from ..gen.skeleton.constraints import Constraints
from ..gen.weight_folders import DEFAULT_FOLDER
from .acceptance import AcceptanceTest, Attempt
from .attempt_seeds import attempt_seed
from .bias_correction import inverse_corrected
from .candidate_source import CandidateSource
from .chemistry_quota import FREE_AFTER, kept_chemistry, narrowed_to
from .framework_drift import keeping_framework
from .options import GenerationOptions
from .relax_candidates import load_relaxation
from .skeleton_score import HULL, SkeletonScore

FULL_BATCH = 20  # geometries: fewer cost nearly as much
ATTEMPTS_PER_GUESS = 2  # attempts at the geometry of one ranked skeleton of a formula


def surrogates_of(sampler: CandidateSource) -> Path:
    """The folder of the surrogate weights that belong to the models."""
    return Path(getattr(sampler, "surrogates", DEFAULT_FOLDER))


def attempts_at_once(
    slots: int, number: int, options: GenerationOptions, property_targets: Sequence[PropertyTarget]
) -> int:
    """How many attempts of each of the open slots to draw at once, from attempt ``number`` on."""
    if options.relax:
        return 1  # a relaxation costs far more than a small batch
    finalists = FINALISTS if property_targets and options.fit else 1
    up_to = FREE_AFTER - number if number < FREE_AFTER else options.attempts
    return max(1, min(FULL_BATCH // (slots * finalists), up_to))


def candidates_of(
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
    relax = keeping_framework(load_relaxation(), constraints.framework) if options.relax else None
    conditioned = any(attempt.asked for attempt in attempts)
    if constraints.formula is not None and not conditioned:
        ranks = [attempt.slot + n * (attempt.number // ATTEMPTS_PER_GUESS) for attempt in attempts]
        return sampler.predict(seeds, ranks, options.seed, constraints, None, steps, guidance, relax)
    conditions = [inverse_corrected(attempt.asked) for attempt in attempts] if conditioned else None
    hull_target = any(HULL in attempt.asked for attempt in attempts)
    score = SkeletonScore(
        charge="charge" in acceptance.replace_failing and constraints.formula is None,
        stable=options.stable and not hull_target,
        gated=options.stable and not hull_target and options.stability_limit is not None,
        new=options.new,
        targets=property_targets if options.fit else (),
        weights=surrogates_of(sampler),
        compositions=acceptance.compositions,
    )
    crystal_penalty = score.of_crystals if score.targets else None
    refuses, kinds = acceptance.compositions is not None, None
    if options.balance and constraints.framework is None:
        kinds = kept_chemistry(constraints, attempts, options.seed, as_drawn=conditioned or refuses)
    if kinds is not None and refuses:
        allowed = SkeletonScore(score.charge, False, False, compositions=acceptance.compositions)
        kinds = replace(kinds, penalty=allowed, narrow=narrowed_to)
    return sampler.draw(
        seeds, constraints, conditions, steps, guidance, score, crystal_penalty, relax, kinds, options.temperature
    )
