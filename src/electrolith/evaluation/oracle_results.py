"""What the judges found of the properties that were asked for, corrected by the judges' own bias."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..conditioners.targets import Targets
from ..gen.callbacks import ProgressCallback, unwatched
from ..gen.crystal import Crystal
from ..validators.structure.symmetry import found_space_group
from .oracle_bias import Bias, corrections
from .oracle_runner import JOURNAL, Findings, Journal, judge_all
from .oracles import DENSITY, GIVES, RELAXED
from .requested import Asked

NO_JUDGE = "no judge tells it"
NOT_ASKED = "not asked: another target is missed"


@dataclass(frozen=True)
class Found:
    """What the judge found of one property in one crystal.

    symbol     meaning                                             unit
    name       of the crystal
    raw        as computed; NaN where it could not be judged       that of the property
    value      corrected by the judge's bias                       likewise
    evenly     corrected by one factor for crystals of any kind    likewise
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
    evenly: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether it could be judged."""
        return not math.isnan(self.value)


def judged(
    crystals: Sequence[Crystal],
    asked: Mapping[str, Asked],
    stages: Sequence[Sequence[str]],
    path: Path,
    workers: int | None = None,
    watch: ProgressCallback = unwatched,
) -> dict[str, list[Found]]:
    """What was found of each property in each crystal; the findings are kept in the folder ``path``.

    The judges of a stage, by their keys, are asked of crystals that have all that earlier stages told as asked.
    """
    journal = Journal((path if path.is_dir() else path.parent) / JOURNAL)
    every = [k for keys in stages for k in keys]
    found = {
        name: [_unknown(c.name, a, NOT_ASKED if judge_of(name, every) else NO_JUDGE) for c in crystals]
        for name, a in asked.items()
    }
    left = list(range(len(crystals)))
    for keys in stages:
        told = [name for name in asked if judge_of(name, keys)]
        wanted = (RELAXED, *keys) if any(k != DENSITY for k in keys) else tuple(keys)
        findings = judge_all([crystals[i] for i in left], wanted, journal, workers, watch)
        for i, each in zip(left, findings, strict=True):
            for name in told:
                found[name][i] = _found(crystals[i], found[name][i], name, judge_of(name, keys), each)
        left = [i for i in left if all(asked[name].meets(found[name][i].value) for name in told)]
    return found


def _unknown(crystal: str, asked: Asked, reason: str) -> Found:
    return Found(crystal, math.nan, math.nan, asked.of(crystal), asked.predicted.get(crystal, math.nan), reason)


def _found(crystal: Crystal, unknown: Found, name: str, judge: str, findings: Findings) -> Found:
    raw = findings[judge].values.get(name, math.nan)
    bias = corrections(judge).get(name, Bias())
    value, evenly = (raw * correction.factor for correction in (bias.of(crystal), bias.of_all))
    return replace(unknown, raw=raw, value=value, evenly=evenly, reason=findings[judge].reason)


def judge_of(name: str, keys: Sequence[str]) -> str:
    """The key of the judge that tells a property, or an empty text."""
    return next((k for k in keys if name in GIVES[k.partition(" ")[0]]), "")


def judge_in_words(name: str, keys: Sequence[str]) -> str:
    """Who judges a property, and how its numbers are corrected."""
    judge = judge_of(name, keys)
    bias = corrections(judge).get(name) if judge else None
    return f"{name}: {judge or NO_JUDGE}" + (f" ({bias.words})" if bias else "")


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
