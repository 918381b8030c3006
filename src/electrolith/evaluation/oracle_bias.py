"""Systematic error of an oracle on crystals with known moduli, and its multiplicative correction.

``oracle_bias.json`` is written by ``benchmarks/oracle_bias.py``, which compares the values of each oracle with the
labels of crystals of the test split. Potentials are far too soft in shear for metals, and less so for crystals with
anions; therefore each kind of crystal has a factor of its own beside the factor for all. A potential without an entry
takes the factors of ``validators/mechanics/moduli_calibration.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..gen.crystal import Crystal
from ..validators.chemistry.anion_families import kind_of
from ..validators.mechanics.calibration import calibration
from .oracles import BY_POTENTIAL

BIAS = Path(__file__).with_name("oracle_bias.json")
FEWEST = 20  # known crystals of a kind that a factor of its own needs
WORTHWHILE = 0.9  # factors by kind are used where their error is below this share of the error of one factor


@dataclass(frozen=True)
class BiasCorrection:
    """Factor that corrects the values of an oracle, and the measurement it comes from.

    symbol    meaning
    factor    median of known / computed
    crystals  number of crystals it was measured on; 0: never measured
    left      mean relative error that is left after the correction
    """

    factor: float = 1.0
    crystals: int = 0
    left: float = math.nan


@dataclass(frozen=True)
class Bias:
    """Corrections of one oracle for one property: for all crystals, and for each kind with enough known crystals."""

    of_all: BiasCorrection = BiasCorrection()
    by_kind: Mapping[str, BiasCorrection] = field(default_factory=dict)

    def correction_for(self, crystal: Crystal) -> BiasCorrection:
        """The correction for a crystal."""
        return self.by_kind.get(kind_of(crystal.atomic_numbers.tolist()), self.of_all)

    @property
    def left(self) -> float:
        """Mean relative error after the corrections by kind."""
        parts = tuple(self.by_kind.values()) or (self.of_all,)
        return sum(c.left * c.crystals for c in parts) / max(sum(c.crystals for c in parts), 1)

    @property
    def description(self) -> str:
        """Factors and remaining errors in words."""
        if not self.of_all.crystals:
            return "as computed"
        factors = ", ".join(f"× {c.factor:.3f} {kind} ({c.crystals})" for kind, c in self.by_kind.items())
        one = f"× {self.of_all.factor:.3f}"
        measured = f"measured on {self.of_all.crystals} crystals; remaining mean error"
        if not factors:
            return f"{one}, {measured} {self.of_all.left:.0%}"
        return f"{factors}, {measured} {self.left:.0%} ({one} for all: {self.of_all.left:.0%})"


def fit_bias(known: Sequence[float], computed: Sequence[float], kinds: Sequence[str] = ()) -> Bias:
    """The corrections from known values, computed values, and the kind of each crystal."""
    k, c, kind = np.asarray(known, dtype=np.float64), np.asarray(computed, dtype=np.float64), np.asarray(kinds)
    members = {name: kind == name for name in dict.fromkeys(kinds)}
    by_kind = {name: _correction(k[mine], c[mine]) for name, mine in members.items() if mine.sum() >= FEWEST}
    one_factor, factors = Bias(_correction(k, c)), Bias(_correction(k, c), by_kind)
    return factors if factors.left < WORTHWHILE * one_factor.left else one_factor


def _correction(known: NDArray[np.float64], computed: NDArray[np.float64]) -> BiasCorrection:
    factor = float(np.median(known / computed))  # the median, since some labels are wrong by far
    return BiasCorrection(factor, len(known), float(np.abs(factor * computed / known - 1).mean()))


def biases_of(oracle_key: str, path: Path = BIAS) -> Mapping[str, Bias]:
    """The bias of one oracle by property; empty for oracles without a known bias."""
    oracle, _, potential = oracle_key.partition(" ")
    if oracle not in BY_POTENTIAL:
        return {}
    measured = _measured(path).get(oracle_key)
    if measured is not None:
        return {name: _bias_from(values) for name, values in measured.items()}
    c = calibration(potential)
    return {
        "bulk_modulus": Bias(BiasCorrection(c.bulk_factor, c.crystals, c.bulk_left)),
        "shear_modulus": Bias(BiasCorrection(c.shear_factor, c.crystals, c.shear_left)),
    }


def _bias_from(values: dict[str, Any]) -> Bias:
    return Bias(
        BiasCorrection(**values["of_all"]), {kind: BiasCorrection(**part) for kind, part in values["by_kind"].items()}
    )


@cache
def _measured(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
