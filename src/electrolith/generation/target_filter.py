"""Predictions for generated crystals, and the filter of a run with keep: every target must be met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..conditioners.property_target import PropertyTarget
from ..gen.number_text import three_digits
from ..gen.threads import one_thread
from ..gen.weight_folders import DEFAULT_FOLDER
from ..prediction import prediction
from .bias_correction import corrected
from .records import TARGETS_CHECK, GeneratedCrystal, Outcome, Rejected
from .target_probability import target_probability

if TYPE_CHECKING:
    from ..gen.crystal import Crystal
    from ..prediction.prediction import Value


def with_predictions(
    outcomes: Sequence[Outcome], property_targets: Sequence[PropertyTarget], weights: Path = DEFAULT_FOLDER
) -> list[Outcome]:
    """The outcomes with the predicted property of each target, corrected for bias.

    Raises ``UserError`` if the surrogates in the folder ``weights`` are missing.
    """
    crystals = [one.crystal for one in outcomes if isinstance(one, GeneratedCrystal)]
    if not crystals:
        return list(outcomes)
    with one_thread("cpu"):
        predictions = iter(prediction.predict(crystals, weights))
    names = {target.name for target in property_targets}
    return [
        replace(one, predicted=_corrected(one.crystal, next(predictions).values, names))
        if isinstance(one, GeneratedCrystal)
        else one
        for one in outcomes
    ]


def _corrected(crystal: Crystal, values: Mapping[str, Value], names: set[str]) -> dict[str, Value]:
    elements = crystal.atomic_numbers.tolist()
    predicted = {}
    for name in (name for name in values if name in names):
        value, spread = corrected(name, values[name].value, values[name].spread, elements)
        predicted[name] = replace(values[name], value=value, spread=spread)
    return predicted


def accept(outcome: Outcome, property_targets: Sequence[PropertyTarget], confidence: float = 0.0) -> Outcome:
    """The crystal if it is predicted to meet all targets with at least this probability, else the rejection."""
    if isinstance(outcome, Rejected):
        return outcome
    misses = [miss for target in property_targets if (miss := why_missed(outcome, target))]
    if not misses and (probability := probability_of_targets(outcome, property_targets)) < confidence:
        misses = [f"probability of meeting all targets {probability:.2f}, below the requested {confidence:g}"]
    return outcome.rejected(TARGETS_CHECK, "; ".join(misses)) if misses else outcome


def why_missed(crystal: GeneratedCrystal, target: PropertyTarget) -> str:
    """Reason why the prediction of a crystal misses a target; empty if it meets the target."""
    predicted, unit = crystal.predicted.get(target.name), target.quantity.unit
    if predicted is None:
        return f"{target.name} cannot be predicted"
    if predicted.value in target.accepted:
        return ""
    return f"{target.name} {three_digits(predicted.value)} {unit}, requested {target.words}"


def probability_of_targets(crystal: GeneratedCrystal, property_targets: Sequence[PropertyTarget]) -> float:
    """Probability that a crystal meets all targets, with independent errors of the predictions.

    0 if a property cannot be predicted, and for a Li⁺ barrier in a composition that is not ionic.
    """
    probability, counts = 1.0, [crystal.orbits.composition]
    for target in property_targets:
        found = crystal.predicted.get(target.name)
        if found is None:
            return 0.0
        low, high = target.accepted.low, target.accepted.high
        probability *= float(target_probability(target.quantity, [found.value], [found.spread], low, high, counts)[0])
    return probability
