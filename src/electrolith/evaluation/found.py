"""What the judges found of the properties that were asked for, corrected by the judges' own bias."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..conditioners.targets import Targets
from ..gen.crystal import Crystal
from ..validators.symmetry import found_space_group
from .asked import Asked
from .correction import Correction, corrections
from .judges import DENSITY, GIVES, RELAXED
from .judging import JOURNAL, Findings, Journal, Watch, judge_all, unwatched

NO_JUDGE = "no judge tells it"


@dataclass(frozen=True)
class Found:
    """What the judge found of one property in one crystal.

    symbol     meaning                                             unit
    name       of the crystal
    raw        as computed; NaN where it could not be judged       that of the property
    value      corrected by the judge's bias                       likewise
    asked      of this crystal; NaN where only an interval is      likewise
    predicted  by the surrogate; NaN where that is not told        likewise
    reason     why it could not be judged
    """

    name: str
    raw: float
    value: float
    asked: float = math.nan
    predicted: float = math.nan
    reason: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it could be judged."""
        return not math.isnan(self.value)


def judged(
    crystals: Sequence[Crystal],
    asked: Mapping[str, Asked],
    keys: Sequence[str],
    path: Path,
    workers: int | None = None,
    watch: Watch = unwatched,
) -> dict[str, list[Found]]:
    """What was found of each property in each crystal; the findings are kept in the folder ``path``."""
    journal = Journal((path if path.is_dir() else path.parent) / JOURNAL)
    wanted = (RELAXED, *keys) if any(k != DENSITY for k in keys) else tuple(keys)
    findings = judge_all(crystals, wanted, journal, workers, watch)
    return {
        name: [_found(crystal, name, a, keys, each) for crystal, each in zip(crystals, findings, strict=True)]
        for name, a in asked.items()
    }


def _found(crystal: Crystal, name: str, asked: Asked, keys: Sequence[str], findings: Findings) -> Found:
    judge = judge_of(name, keys)
    numbers = asked.of(crystal.name), asked.predicted.get(crystal.name, math.nan)
    if not judge:
        return Found(crystal.name, math.nan, math.nan, *numbers, NO_JUDGE)
    raw = findings[judge].values.get(name, math.nan)
    factor = corrections(judge).get(name, Correction()).factor
    return Found(crystal.name, raw, factor * raw, *numbers, findings[judge].reason)


def judge_of(name: str, keys: Sequence[str]) -> str:
    """The key of the judge that tells a property, or an empty text."""
    return next((k for k in keys if name in GIVES[k.partition(" ")[0]]), "")


def judge_in_words(name: str, keys: Sequence[str]) -> str:
    """Who judges a property, and how its numbers are corrected."""
    judge = judge_of(name, keys)
    correction = corrections(judge).get(name) if judge else None
    return f"{name}: {judge or NO_JUDGE}" + (f" ({correction.words})" if correction else "")


def all_met(
    crystals: Sequence[Crystal], asked: Mapping[str, Asked], found: Mapping[str, Sequence[Found]], targets: Targets
) -> list[bool]:
    """Whether each crystal meets every target: properties by the judge, symmetry at 0.1 Å, and the elements."""
    constraints = targets.constraints()
    flags = []
    for i, crystal in enumerate(crystals):
        elements = frozenset(crystal.atomic_numbers.tolist())
        flags.append(
            all(a.meets(found[name][i].value) for name, a in asked.items())
            and constraints.required <= elements
            and (constraints.allowed is None or elements <= constraints.allowed)
            and (not constraints.space_groups or found_space_group(crystal) in constraints.space_groups)
        )
    return flags
