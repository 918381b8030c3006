"""One batch of a run: candidates are drawn and tested, and drawn again for the slots without a crystal."""

from __future__ import annotations

from collections.abc import Sequence

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from .acceptance import AcceptanceTest, Attempt
from .attempt_candidates import attempts_at_once, candidates_of, surrogates_of
from .attempt_seeds import target_seed
from .candidate_source import CandidateSource
from .options import GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal, Outcome, Rejected
from .skeleton_score import HULL
from .stability_gate import MOST, StabilityGate
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

    def is_open(slot: int) -> bool:
        return slot not in crystals and (options.keep > 0 or gate.rejections[slot] < MOST)

    number = 0
    while number < options.attempts and (open_slots := [slot for slot in requested if is_open(slot)]):
        end = min(number + attempts_at_once(len(open_slots), number, options, property_targets), options.attempts)
        attempts = [Attempt(slot, k, requested[slot]) for k in range(number, end) for slot in open_slots]
        candidates = candidates_of(sampler, acceptance, attempts, constraints, property_targets, options, partition.n)
        outcomes = gate.predicted([acceptance(*pair) for pair in zip(candidates, attempts, strict=True)])
        for outcome in _predicted(outcomes, property_targets, sampler):
            if not is_open(outcome.slot):
                continue
            judged = gate.judged(outcome)
            result = accept(judged, property_targets, options.confidence) if options.keep else judged
            if isinstance(result, GeneratedCrystal):
                crystals[result.slot] = result
            else:
                rejected.append(result)
        number = end
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
