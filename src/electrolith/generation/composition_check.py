"""Compositions of a request against a recipe: a request of which no composition can pass is refused at once."""

from __future__ import annotations

from collections import Counter

from ..conditioners.targets import Targets
from ..gen.errors import UserError
from ..gen.skeleton.skeleton import Skeleton
from ..recipes.recipe_compositions import composition_filter
from ..validators.composition_filter import CompositionAnswer
from .attempt_seeds import attempt_seed, target_seed
from .bias_correction import inverse_corrected
from .candidate_source import CandidateSource
from .framework_request import requested_constraints
from .options import GenerationOptions

DRAWS = (64, 192, 768)  # skeletons; the first composition that passes ends the test, usually among the first 64
FIRST = (0, 64, 256)  # slot of the first of them


def check_compositions(sampler: CandidateSource, targets: Targets, options: GenerationOptions) -> None:
    """Raises ``UserError`` if there is no such recipe, and if it refuses every composition that the models draw."""
    if not options.compositions:
        return
    passes = composition_filter(options.compositions)
    draw_skeletons = getattr(sampler, "draw_skeletons", None)
    if draw_skeletons is None:  # another source of candidates
        return
    refused: list[CompositionAnswer] = []
    for first, count in zip(FIRST, DRAWS, strict=True):
        slots = range(first, first + count)
        values = [inverse_corrected(targets.properties(target_seed(options.seed, slot))) for slot in slots]
        seeds = [attempt_seed(options.seed, slot, 0) for slot in slots]
        drawn: list[Skeleton | None] = draw_skeletons(
            seeds, requested_constraints(targets, options), values if any(values) else None, options.guidance
        )
        answers = [passes.answer(skeleton.composition) for skeleton in drawn if skeleton is not None]
        if not all(answer.refused_by for answer in answers) or not answers:
            return  # without a skeleton the constraints are at fault, which the run reports
        refused += answers
    raise UserError(_none_passes(refused, options.compositions))


def _none_passes(refused: list[CompositionAnswer], recipe: str) -> str:
    counts = Counter(answer.refused_by for answer in refused)
    shares = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    most = counts.most_common(1)[0][0]
    example = next(answer.reason for answer in refused if answer.refused_by == most)
    return (
        f"the recipe {recipe} refuses all {len(refused)} compositions that were drawn for these targets: {shares}, "
        f"e.g. {example}. Change the elements, or give --compositions off."
    )
