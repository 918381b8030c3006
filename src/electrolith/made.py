"""What predictions are worth for crystals that do not exist yet.

The surrogates were trained on known crystals. Those that the models make, chosen by these very predictions, are often
softer than foreseen. ``made.json`` is written by ``benchmarks/made.py``, which asks a potential that judges no target:
for each property in it, what crystals have of which a number was foreseen. Between these numbers the logarithm is
linear, beyond them the ratio stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .gen.properties import PROPERTY_NAMES
from .gen.surrogate.surrogate import Predictions

MADE = Path(__file__).with_name("made.json")


@dataclass(frozen=True)
class Curve:
    """Of one property, numbers in its unit.

    symbol    meaning
    foreseen  numbers for which crystals were made, ascending
    found     what such crystals have
    crystals  that were made and compared, of each number
    known     crystals on which the potential was corrected before
    """

    foreseen: Sequence[float]
    found: Sequence[float]
    crystals: Sequence[int]
    known: int

    def mended(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """What crystals have of which these values are foreseen."""
        return _between(value, self.foreseen, self.found)

    def told(self, value: float) -> float:
        """What must be foreseen of crystals that have this value."""
        return float(_between(np.array([value]), self.found, self.foreseen)[0])


def _between(value: NDArray[np.float64], from_: Sequence[float], to: Sequence[float]) -> NDArray[np.float64]:
    x, ratio = np.log(from_), np.log(to) - np.log(from_)
    return value * np.exp(np.interp(np.log(value), x, ratio))


@cache
def curves() -> Mapping[str, Curve]:
    """By property, of those that were measured."""
    return {name: Curve(**values) for name, values in json.loads(MADE.read_text(encoding="utf-8")).items()}


def mended(name: str, value: float) -> float:
    """A prediction for a crystal that was made."""
    return float(curves()[name].mended(np.array([value]))[0]) if name in curves() else value


def all_mended(found: Predictions) -> Predictions:
    """Predictions for crystals that are being made."""
    values = found.values.copy()
    for name, curve in curves().items():
        column = PROPERTY_NAMES.index(name)
        values[:, column] = curve.mended(values[:, column])
    return replace(found, values=values)


def told(asked: Mapping[str, float]) -> dict[str, float]:
    """What the models, which learnt from known crystals, must be told so that made crystals have what is asked for."""
    return {name: curves()[name].told(value) if name in curves() else value for name, value in asked.items()}
