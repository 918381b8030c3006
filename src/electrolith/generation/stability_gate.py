"""The gate: crystals that are predicted to lie far above the hull of known compounds are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..gen.surrogate.structure_surrogate import structure_surrogate_in
from ..gen.threads import one_thread
from ..gen.weight_folders import DEFAULT_FOLDER
from .records import STABILITY_CHECK, GeneratedCrystal, Outcome
from .skeleton_score import HULL


def gated(outcomes: Sequence[Outcome], limit: float | None, weights: Path = DEFAULT_FOLDER) -> list[Outcome]:
    """The outcomes, each crystal with its predicted energy above the hull, or rejected where that is above ``limit``.

    ``limit`` is in eV/atom; None: the prediction alone. ``weights`` is the folder of the surrogates.
    """
    crystals = [one.orbits for one in outcomes if isinstance(one, GeneratedCrystal)]
    if not crystals:
        return list(outcomes)
    with one_thread("cpu"):
        heights = iter(structure_surrogate_in(weights).predict(crystals).of(HULL)[0].tolist())
    return [_judged(one, next(heights), limit) if isinstance(one, GeneratedCrystal) else one for one in outcomes]


def _judged(crystal: GeneratedCrystal, height: float, limit: float | None) -> Outcome:
    if limit is not None and height > limit:
        reason = f"predicted {height:.3f} eV/atom above the hull, more than {limit:g}"
        return crystal.rejected(STABILITY_CHECK, reason)
    return replace(crystal, height=height)
