"""Do crystals have the properties that were asked for? As far as the surrogates can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .chance import having
from .conditioners.scalar import Scalar
from .conditioners.seen import unseen
from .conditioners.targets import Targets
from .gen.properties import PROPERTIES
from .gen.sampling.sampler import one_thread
from .gen.surrogate.card import load_card
from .gen.surrogate.crystal_surrogate import FILES, composition
from .gen.surrogate.surrogate import SHIPPED
from .gen.weights_io import sha256
from .how import TARGETS
from .made import MADE, mended
from .record import GeneratedCrystal, Rejected

if TYPE_CHECKING:
    from .gen.crystal import Crystal
    from .prediction import Value

Judged = GeneratedCrystal | Rejected


def unseen_targets(targets: Targets, weights: Path = SHIPPED) -> list[str]:
    """A sentence for each property asked for beyond the training set of the surrogates in the folder ``weights``."""
    card = load_card(weights) if targets.wishes else None
    return unseen(targets.wishes, card.known) if card else []


def surrogate_hashes(weights: Path = SHIPPED) -> dict[str, str]:
    """SHA-256 of each file that predictions, and so a run that keeps, depend on."""
    return {file.name: sha256(file) for file in (*sorted(weights.glob(FILES)), MADE)}


def with_predictions(judged: Sequence[Judged], wishes: Sequence[Scalar], weights: Path = SHIPPED) -> list[Judged]:
    """The same with what the surrogates say of each crystal's properties. Raises ``UserError`` without weights."""
    from . import prediction  # heavy, and of no use without wishes

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
        value, spread = mended(name, foreseen[name].value, foreseen[name].spread, elements)
        made[name] = replace(foreseen[name], value=value, spread=spread)
    return made


def kept(one: Judged, wishes: Sequence[Scalar], confidence: float = 0.0) -> Judged:
    """The crystal if it has all properties asked for, at least so surely, else the reason why it falls."""
    if isinstance(one, Rejected):
        return one
    misses = [miss for wish in wishes if (miss := missed(one, wish))]
    if not misses and (chance := chance_as_asked(one, wishes)) < confidence:
        misses = [f"as asked with a chance of {chance:.2f} only, wanted {confidence:g}"]
    return one.rejected(TARGETS, "; ".join(misses)) if misses else one


def missed(made: GeneratedCrystal, wish: Scalar) -> str:
    """What a crystal lacks of a wish; empty if it has it."""
    found, unit = made.predicted.get(wish.name), PROPERTIES.named(wish.name).unit
    if found is None:
        return f"{wish.name} cannot be predicted"
    return "" if found.value in wish.accepted else f"{wish.name} {found.value:.3g} {unit}, asked {wish.words}"


def chance_as_asked(made: GeneratedCrystal, wishes: Sequence[Scalar]) -> float:
    """Chance that a crystal has all properties asked for, as if the errors of their predictions were independent.

    0 where one cannot be predicted, or is a barrier for Li⁺ among charges that bond valences cannot tell.
    """
    chance, counts = 1.0, [composition(made.orbits)]
    for wish in wishes:
        found = made.predicted.get(wish.name)
        if found is None:
            return 0.0
        low, high = wish.accepted.low, wish.accepted.high
        chance *= float(having(wish.name, [found.value], [found.spread], low, high, counts)[0])
    return chance
