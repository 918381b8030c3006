"""By how much a judge is off on crystals whose moduli are known, and the factor that mends it.

``oracle_bias.json`` is written by ``benchmarks/oracle_bias.py``: what each judge found, against the labels of
crystals of the test split. Potentials are far softer in shear for metals than for crystals with anions, so that each
kind has a factor of its own beside that of all. A potential that was not measured so has those of
``validators/moduli_calibration.json``.
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
from ..validators.mechanics.moduli import calibration
from .oracles import BY_POTENTIAL

BIAS = Path(__file__).with_name("oracle_bias.json")
FEWEST = 20  # known crystals of a kind that its own factor needs
WORTHWHILE = 0.9  # of the error that one factor leaves: kinds have factors of their own where these leave less


@dataclass(frozen=True)
class BiasCorrection:
    """What a judge's numbers are multiplied by, and where that was measured.

    symbol    meaning
    factor    median of known / found
    crystals  that it was measured on; 0: never measured
    left      mean relative error after correction
    """

    factor: float = 1.0
    crystals: int = 0
    left: float = math.nan


@dataclass(frozen=True)
class Bias:
    """How one judge is off in one property: on all crystals, and on each kind of which enough are known."""

    of_all: BiasCorrection = BiasCorrection()
    by_kind: Mapping[str, BiasCorrection] = field(default_factory=dict)

    def of(self, crystal: Crystal) -> BiasCorrection:
        """The correction for a crystal."""
        return self.by_kind.get(kind_of(crystal.atomic_numbers.tolist()), self.of_all)

    @property
    def left(self) -> float:
        """Mean relative error after the corrections of the kinds."""
        parts = tuple(self.by_kind.values()) or (self.of_all,)
        return sum(c.left * c.crystals for c in parts) / max(sum(c.crystals for c in parts), 1)

    @property
    def words(self) -> str:
        """For a person."""
        if not self.of_all.crystals:
            return "as computed"
        factors = ", ".join(f"× {c.factor:.3f} {kind} ({c.crystals})" for kind, c in self.by_kind.items())
        one = f"× {self.of_all.factor:.3f}"
        measured = f"measured on {self.of_all.crystals} crystals, then off by"
        if not factors:
            return f"{one}, {measured} {self.of_all.left:.0%} on average"
        return f"{factors}, {measured} {self.left:.0%} on average; {one} for all: {self.of_all.left:.0%}"


def fitted(known: Sequence[float], found: Sequence[float], kinds: Sequence[str] = ()) -> Bias:
    """The corrections from known values, what was found, and the kind of each crystal."""
    k, f, kind = np.asarray(known, dtype=np.float64), np.asarray(found, dtype=np.float64), np.asarray(kinds)
    chosen = {name: kind == name for name in dict.fromkeys(kinds)}
    by_kind = {name: _fitted(k[mine], f[mine]) for name, mine in chosen.items() if mine.sum() >= FEWEST}
    even, split = Bias(_fitted(k, f)), Bias(_fitted(k, f), by_kind)
    return split if split.left < WORTHWHILE * even.left else even


def _fitted(known: NDArray[np.float64], found: NDArray[np.float64]) -> BiasCorrection:
    """By the median, since some labels are wrong by far."""
    factor = float(np.median(known / found))
    return BiasCorrection(factor, len(known), float(np.abs(factor * found / known - 1).mean()))


def corrections(judge_key: str, path: Path = BIAS) -> Mapping[str, Bias]:
    """The bias of one judge, by property; none for judges that are not known to be biased."""
    judge, _, potential = judge_key.partition(" ")
    if judge not in BY_POTENTIAL:
        return {}
    measured = _measured(path).get(judge_key)
    if measured is not None:
        return {name: _read(values) for name, values in measured.items()}
    c = calibration(potential)
    return {
        "bulk_modulus": Bias(BiasCorrection(c.bulk_factor, c.crystals, c.bulk_left)),
        "shear_modulus": Bias(BiasCorrection(c.shear_factor, c.crystals, c.shear_left)),
    }


def _read(values: dict[str, Any]) -> Bias:
    return Bias(
        BiasCorrection(**values["of_all"]), {kind: BiasCorrection(**part) for kind, part in values["by_kind"].items()}
    )


@cache
def _measured(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
