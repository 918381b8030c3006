"""One batch of a run: candidates are drawn and tested, and drawn again for the slots without a crystal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..gen.sampling.candidate import Candidate
from .acceptance import AcceptanceTest, Attempt
from .attempt_candidates import attempts_at_once, candidates_of, surrogates_of
from .attempt_seeds import target_seed
from .candidate_source import CandidateSource
from .framework_request import requested_constraints
from .options import GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal, Outcome, Rejected
from .replacement_gate import ReplacementGate, predicted_heights
from .skeleton_score import HULL
from .target_filter import accept, with_predictions


def make_batch(
    sampler: CandidateSource,
    acceptance: AcceptanceTest,
    partition: Partition,
    targets: Targets,
    options: GenerationOptions,
    index: int,
) -> Batch:
    """The crystals of batch ``index``: each slot gets the crystal of its first attempt that succeeds.

    Attempts of all open slots are drawn at once, where few are open several of each. Those beyond the one that succeeds
    are not used: the crystals are the same however many are drawn at once.

    Where the gate rejects ``MOST`` candidates of a slot, or its attempts end, the best of them that passes the
    checks is taken; not with ``keep``, which takes the slots that succeed.
    """
    constraints, property_targets = requested_constraints(targets, options), targets.property_targets
    requested = {slot: targets.properties(target_seed(options.seed, slot)) for slot in partition.slots(index)}
    has_height_target = any(target.name == HULL for target in property_targets)
    limit = None if has_height_target or constraints.formula is not None else options.stability_limit
    gate = ReplacementGate(limit, new=options.new and not options.keep and constraints.formula is None)
    crystals: dict[int, GeneratedCrystal] = {}
    rejected: list[Rejected] = []

    def is_open(slot: int) -> bool:
        return slot not in crystals and (options.keep > 0 or not gate.gives_up(slot))

    def tested(candidate: Candidate, attempt: Attempt, height: float) -> Outcome:
        outcome = acceptance(candidate, attempt)
        return replace(outcome, height=height) if isinstance(outcome, GeneratedCrystal) else outcome

    number = 0
    while number < options.attempts and (open_slots := [slot for slot in requested if is_open(slot)]):
        end = min(number + attempts_at_once(len(open_slots), number, options, property_targets), options.attempts)
        attempts = [Attempt(slot, k, requested[slot]) for k in range(number, end) for slot in open_slots]
        candidates = candidates_of(sampler, acceptance, attempts, constraints, property_targets, options, partition.n)
        heights = predicted_heights([one.orbits for one in candidates], surrogates_of(sampler))
        drawn = list(zip(candidates, attempts, heights, strict=True))
        for first in range(0, len(drawn), len(open_slots)):  # one attempt of each slot
            needed = [one for one in drawn[first : first + len(open_slots)] if is_open(one[1].slot)]
            outcomes = [gate.before_checks(*one) or gate.after_checks(*one[:2], tested(*one)) for one in needed]
            for outcome in _predicted(outcomes, property_targets, sampler):
                result = accept(outcome, property_targets, options.confidence) if options.keep else outcome
                if isinstance(result, GeneratedCrystal):
                    crystals[result.slot] = result
                else:
                    rejected.append(result)
        number = end
    best: list[GeneratedCrystal] = []
    for slot in [slot for slot in requested if slot not in crystals and not options.keep]:
        again = (one.known or tested(one.candidate, one.attempt, one.height) for one in gate.best_first(slot))
        best += islice((one for one in again if isinstance(one, GeneratedCrystal)), 1)
    crystals |= {
        one.slot: one for one in _predicted(best, property_targets, sampler) if isinstance(one, GeneratedCrystal)
    }
    made = {(one.slot, one.attempt) for one in crystals.values()}
    return Batch(
        index,
        tuple(crystals[slot] for slot in requested if slot in crystals),
        tuple(sorted((r for r in rejected if (r.slot, r.attempt) not in made), key=lambda r: (r.slot, r.attempt))),
        tuple(slot for slot in requested if slot not in crystals),
    )


def _predicted(
    outcomes: Sequence[Outcome], property_targets: Sequence[PropertyTarget], sampler: CandidateSource
) -> list[Outcome]:
    """The outcomes, the crystals with the predictions of the requested properties."""
    return with_predictions(outcomes, property_targets, surrogates_of(sampler)) if property_targets else list(outcomes)
