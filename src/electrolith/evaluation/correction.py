"""By how much a judge is off on crystals whose moduli are known, and the factor that mends it.

``judge_bias.json`` is written by ``benchmarks/judge.py``: what each judge found, against the labels of crystals of the
test split. A potential that was not measured so has the factors of ``validators/moduli_calibration.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..validators.moduli import calibration
from .judges import BY_POTENTIAL

BIAS = Path(__file__).with_name("judge_bias.json")


@dataclass(frozen=True)
class Correction:
    """What a judge's numbers are multiplied by, and where that was measured.

    symbol    meaning
    factor    median of known / found
    crystals  that it was measured on; 0: never measured
    left      mean relative error after correction
    """

    factor: float = 1.0
    crystals: int = 0
    left: float = math.nan

    @property
    def words(self) -> str:
        """For a person."""
        if not self.crystals:
            return "as computed"
        return f"× {self.factor:.3f}, measured on {self.crystals} crystals, then off by {self.left:.0%} on average"


def fitted(known: Sequence[float], found: Sequence[float]) -> Correction:
    """The correction from known values and what was found; the median, since some labels are wrong by far."""
    k, f = np.asarray(known, dtype=np.float64), np.asarray(found, dtype=np.float64)
    factor = float(np.median(k / f))
    return Correction(factor, len(k), float(np.abs(factor * f / k - 1).mean()))


def corrections(judge_key: str, path: Path = BIAS) -> Mapping[str, Correction]:
    """Corrections of one judge, by property; none for judges that are not known to be biased."""
    judge, _, potential = judge_key.partition(" ")
    if judge not in BY_POTENTIAL:
        return {}
    measured = _measured(path).get(judge_key)
    if measured is not None:
        return {name: Correction(**values) for name, values in measured.items()}
    c = calibration(potential)
    return {
        "bulk_modulus": Correction(c.bulk_factor, c.crystals, c.bulk_left),
        "shear_modulus": Correction(c.shear_factor, c.crystals, c.shear_left),
    }


@cache
def _measured(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
