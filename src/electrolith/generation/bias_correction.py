"""Correction of predictions for generated crystals.

The surrogates were trained on known crystals. Generated crystals, which are selected by these predictions, are often
softer than predicted, and some families of crystals more than others. ``benchmarks/generation_bias.py`` measures this
with potentials that score no target, and writes ``bias_correction.json``: for each property and each family, the
measured value at several predicted values, and how much the errors exceed the spreads of the predictions. Between these
points log(measured / predicted) is linear in log(predicted); beyond them it is constant.
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

BIAS_FILE = Path(__file__).with_name("bias_correction.json")
ALL = "all"
IN_FILE = {"requested": "asked", "predicted": "foreseen", "measured": "found", "excess": "wider"}  # older names


@dataclass(frozen=True)
class Curve:
    """Measured against predicted values of one property, for one family of crystals or for all.

    symbol     meaning                                                                unit
    requested  values for which crystals were generated, ascending                    of the property
    predicted  median prediction of these crystals                                    of the property
    measured   value of crystals with this prediction                                 of the property
    excess     scatter of the errors beyond the spreads of the predictions            decades
    crystals   number of crystals compared at each point
    """

    requested: Sequence[float]
    predicted: Sequence[float]
    measured: Sequence[float]
    excess: Sequence[float]
    crystals: Sequence[int]

    @classmethod
    def from_mapping(cls, values: Mapping[str, Sequence[float]]) -> Curve:
        """The curve of an entry in the file."""
        names = {old: name for name, old in IN_FILE.items()}
        return cls(**{names.get(key, key): value for key, value in values.items()})  # type: ignore[arg-type]

    def as_mapping(self) -> dict[str, Sequence[float]]:
        """The curve as ``from_mapping`` reads it."""
        return {IN_FILE.get(key, key): value for key, value in vars(self).items()}

    def corrected(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values that crystals with these predictions have, on average."""
        return _interpolated(value, self.predicted, self.measured)

    def widened(self, value: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
        """Spreads of the corrected values, in decades, from predictions and their spreads."""
        return np.hypot(spread, np.interp(np.log(value), np.log(self.predicted), self.excess))

    def inverse_corrected(self, value: float) -> float:
        """The prediction of crystals that have this value, on average."""
        return float(_interpolated(np.array([value]), self.measured, self.predicted)[0])


def _interpolated(value: NDArray[np.float64], from_: Sequence[float], to: Sequence[float]) -> NDArray[np.float64]:
    x, ratio = np.log(from_), np.log(to) - np.log(from_)
    return value * np.exp(np.interp(np.log(value), x, ratio))


@cache
def curves() -> Mapping[str, Mapping[str, Curve]]:
    """The curves by property, of the measured ones, and by family of crystals."""
    read = json.loads(BIAS_FILE.read_text(encoding="utf-8"))
    return {name: {family: Curve.from_mapping(v) for family, v in parts.items()} for name, parts in read.items()}


def corrected(name: str, value: float, spread: float, elements: Iterable[int]) -> tuple[float, float]:
    """The corrected prediction of a property, and its spread, for a generated crystal with these atomic numbers."""
    if name not in curves():
        return value, spread
    curve, values = curves()[name][family_of(elements)], np.array([value])
    return float(curve.corrected(values)[0]), float(curve.widened(values, np.array([spread]))[0])


def all_corrected(predictions: Predictions, elements: Sequence[Iterable[int]]) -> Predictions:
    """The corrected predictions of all properties, for generated crystals with these atomic numbers."""
    values, spreads = predictions.values.copy(), predictions.spreads.copy()
    families = np.array([family_of(e) for e in elements])
    for name, by_family in curves().items():
        if name not in predictions.properties.names:
            continue
        column = predictions.properties.column(name)
        for family in FAMILIES:
            place = families == family, column
            spreads[place] = by_family[family].widened(values[place], spreads[place])
            values[place] = by_family[family].corrected(values[place])
    return replace(predictions, values=values, spreads=spreads)


def inverse_corrected(requested: Mapping[str, float]) -> dict[str, float]:
    """Values to condition the models on (property → value), so that generated crystals have the requested ones.

    The models were trained on known crystals. This is the inverse of the correction for all families together.
    """
    return {
        name: curves()[name][ALL].inverse_corrected(value) if name in curves() else value
        for name, value in requested.items()
    }
