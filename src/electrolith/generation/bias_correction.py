"""What predictions are worth for crystals that do not exist yet.

The surrogates were trained on known crystals. Those that the models make, chosen by these very predictions, are often
softer than foreseen, not all families by as much. ``bias_correction.json`` is written by
``benchmarks/generation_bias.py``, which asks potentials that judge no target: for each property in it, what crystals
have of which a number was foreseen, of each family and of all, and how much wider predictions miss than their own
spreads say. Between these numbers the logarithm is linear, beyond them the ratio stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..gen.surrogate.orbit_surrogate import Predictions
from ..validators.chemistry.anion_families import FAMILIES, family_of

MADE = Path(__file__).with_name("bias_correction.json")
ALL = "all"


@dataclass(frozen=True)
class Curve:
    """Of one property and one family of crystals, or of all; numbers in the property's unit.

    symbol    meaning
    asked     numbers for which crystals were made, ascending
    foreseen  of these crystals, in the middle
    found     what crystals have of which that is foreseen
    wider     scatter of their logarithms (base 10) that the predictions' own spreads do not explain
    crystals  that were made and compared, of each number
    """

    asked: Sequence[float]
    foreseen: Sequence[float]
    found: Sequence[float]
    wider: Sequence[float]
    crystals: Sequence[int]

    def corrected(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """What crystals have of which these values are foreseen."""
        return _between(value, self.foreseen, self.found)

    def widened(self, value: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
        """Spreads of the mended values, decades, from those of the predictions."""
        return np.hypot(spread, np.interp(np.log(value), np.log(self.foreseen), self.wider))

    def inverse_corrected(self, value: float) -> float:
        """What must be foreseen of crystals that have this value."""
        return float(_between(np.array([value]), self.found, self.foreseen)[0])


def _between(value: NDArray[np.float64], from_: Sequence[float], to: Sequence[float]) -> NDArray[np.float64]:
    x, ratio = np.log(from_), np.log(to) - np.log(from_)
    return value * np.exp(np.interp(np.log(value), x, ratio))


@cache
def curves() -> Mapping[str, Mapping[str, Curve]]:
    """By property, of those that were measured, and by family of crystals."""
    read = json.loads(MADE.read_text(encoding="utf-8"))
    return {name: {family: Curve(**values) for family, values in parts.items()} for name, parts in read.items()}


def corrected(name: str, value: float, spread: float, elements: Iterable[int]) -> tuple[float, float]:
    """A prediction for a crystal that was made of these elements, by atomic number, and its spread."""
    if name not in curves():
        return value, spread
    curve, numbers = curves()[name][family_of(elements)], np.array([value])
    return float(curve.corrected(numbers)[0]), float(curve.widened(numbers, np.array([spread]))[0])


def all_corrected(found: Predictions, elements: Sequence[Iterable[int]]) -> Predictions:
    """Predictions for crystals that are being made, each of its elements."""
    values, spreads = found.values.copy(), found.spreads.copy()
    families = np.array([family_of(e) for e in elements])
    for name, by_family in curves().items():
        if name not in found.properties.names:
            continue
        column = found.properties.column(name)
        for family in FAMILIES:
            place = families == family, column
            spreads[place] = by_family[family].widened(values[place], spreads[place])
            values[place] = by_family[family].corrected(values[place])
    return replace(found, values=values, spreads=spreads)


def inverse_corrected(asked: Mapping[str, float]) -> dict[str, float]:
    """What the models, which learnt from known crystals, must be told so that made crystals have what is asked for."""
    return {
        name: curves()[name][ALL].inverse_corrected(value) if name in curves() else value
        for name, value in asked.items()
    }
