"""Do crystals have the properties that were asked for? As far as the surrogates can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..conditioners.property_target import PropertyTarget
from ..conditioners.targets import Targets
from ..conditioners.training_range import range_warnings
from ..gen.surrogate.model_card import load_card
from ..gen.surrogate.structure_surrogate import FILES
from ..gen.threads import one_thread
from ..gen.weight_files import DEFAULT_FOLDER, sha256
from .bias_correction import MADE, corrected
from .options import TARGETS
from .records import GeneratedCrystal, Rejected
from .target_probability import target_probability

if TYPE_CHECKING:
    from ..gen.crystal import Crystal
    from ..prediction.prediction import Value

Judged = GeneratedCrystal | Rejected


def unseen_targets(targets: Targets, weights: Path = DEFAULT_FOLDER) -> list[str]:
    """A sentence for each property asked for beyond the training set of the surrogates in the folder ``weights``."""
    card = load_card(weights) if targets.property_targets else None
    return range_warnings(targets.property_targets, card.known) if card else []


def surrogate_hashes(weights: Path = DEFAULT_FOLDER) -> dict[str, str]:
    """SHA-256 of each file that predictions, and so a run that keeps, depend on."""
    return {file.name: sha256(file) for file in (*sorted(weights.glob(FILES)), MADE)}


def with_predictions(
    judged: Sequence[Judged], wishes: Sequence[PropertyTarget], weights: Path = DEFAULT_FOLDER
) -> list[Judged]:
    """The same with what the surrogates say of each crystal's properties. Raises ``UserError`` without weights."""
    from ..prediction import prediction  # heavy, and of no use without wishes

    crystals = [one.crystal for one in judged if isinstance(one, GeneratedCrystal)]
    if not crystals:
        return list(judged)
    with one_thread("cpu"):
        found = iter(prediction.predict(crystals, weights))
    names = {wish.name for wish in wishes}
    return [
        replace(one, predicted=_of_made(one.crystal, next(found).values, names))
        if isinstance(one, GeneratedCrystal)
        else one
        for one in judged
    ]


def _of_made(crystal: Crystal, foreseen: Mapping[str, Value], names: set[str]) -> dict[str, Value]:
    elements = crystal.atomic_numbers.tolist()
    made = {}
    for name in (name for name in foreseen if name in names):
        value, spread = corrected(name, foreseen[name].value, foreseen[name].spread, elements)
        made[name] = replace(foreseen[name], value=value, spread=spread)
    return made


def accept(one: Judged, wishes: Sequence[PropertyTarget], confidence: float = 0.0) -> Judged:
    """The crystal if it has all properties asked for, at least so surely, else the reason why it falls."""
    if isinstance(one, Rejected):
        return one
    misses = [miss for wish in wishes if (miss := why_missed(one, wish))]
    if not misses and (chance := probability_of_targets(one, wishes)) < confidence:
        misses = [f"as asked with a chance of {chance:.2f} only, wanted {confidence:g}"]
    return one.rejected(TARGETS, "; ".join(misses)) if misses else one


def why_missed(made: GeneratedCrystal, wish: PropertyTarget) -> str:
    """What a crystal lacks of a wish; empty if it has it."""
    found, unit = made.predicted.get(wish.name), wish.quantity.unit
    if found is None:
        return f"{wish.name} cannot be predicted"
    return "" if found.value in wish.accepted else f"{wish.name} {found.value:.3g} {unit}, asked {wish.words}"


def probability_of_targets(made: GeneratedCrystal, wishes: Sequence[PropertyTarget]) -> float:
    """Chance that a crystal has all properties asked for, as if the errors of their predictions were independent.

    0 where one cannot be predicted, or is a barrier for Li⁺ among charges that bond valences cannot tell.
    """
    chance, counts = 1.0, [made.orbits.composition]
    for wish in wishes:
        found = made.predicted.get(wish.name)
        if found is None:
            return 0.0
        low, high = wish.accepted.low, wish.accepted.high
        chance *= float(target_probability(wish.quantity, [found.value], [found.spread], low, high, counts)[0])
    return chance
