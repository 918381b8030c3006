"""Calibration of potentials on crystals with known moduli (``moduli_calibration.json``, from ``make_moduli.py``)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALIBRATION = Path(__file__).with_name("moduli_calibration.json")


@dataclass(frozen=True)
class Calibration:
    """Systematic errors of a potential for K and G, measured on ``crystals`` known crystals.

    name     meaning
    factor   geometric mean of known / computed, by which moduli are corrected
    spread   standard deviation of the logarithm of the remaining ratio
    left     mean relative error after the correction
    """

    bulk_factor: float = 1.0
    bulk_spread: float = math.nan
    bulk_left: float = math.nan
    shear_factor: float = 1.0
    shear_spread: float = math.nan
    shear_left: float = math.nan
    crystals: int = 0

    @property
    def summary(self) -> str:
        """The correction and its error as a sentence."""
        if not self.crystals:
            return "not calibrated: moduli as computed"
        return (
            f"K × {self.bulk_factor:.2f}, G × {self.shear_factor:.2f}; remaining error {self.bulk_left:.0%} and "
            f"{self.shear_left:.0%} on average, measured on {self.crystals} crystals"
        )


@cache
def calibration(potential: str) -> Calibration:
    """The calibration of a potential; no correction and no spread for a potential that was not measured."""
    table = json.loads(CALIBRATION.read_text(encoding="utf-8")).get(potential)
    if table is None:
        return Calibration()
    numbers = {name: table[name] for name in Calibration.__annotations__ if name in table}
    return Calibration(**numbers, crystals=len(table["computed"]))
