"""From a candidate to a crystal with its verdicts, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ..gen.errors import unexpected
from ..gen.sampling.candidate import DRAW, Candidate
from ..gen.symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..validators import Check, validator
from .options import HARD, SOFT
from .records import GeneratedCrystal, Rejected


@dataclass(frozen=True)
class Attempt:
    """Which try at which crystal of the run, and what was asked of it."""

    slot: int
    number: int
    asked: Mapping[str, float]


@cache
def checks() -> tuple[Check, ...]:
    """The checks that need one crystal only, made once: the reference set takes a second to read."""
    return tuple(validator(name) for name in (*HARD, *SOFT))


class AcceptanceTest:
    """Asks the checks, cheap ones first, and stops at the first hard one that fails."""

    def __init__(self, replace_failing: Sequence[str] = HARD) -> None:
        self.replace_failing = frozenset(replace_failing)
        self.checks = checks()

    def __call__(self, candidate: Candidate, attempt: Attempt) -> GeneratedCrystal | Rejected:
        """The crystal, symmetrised by spglib, or the reason; never raises for what a model has made."""
        if candidate.orbits is None or candidate.failure:
            return self._rejected(
                candidate, attempt, candidate.failed, candidate.failure or "the models made no crystal"
            )
        try:
            return self._judged(candidate, candidate.orbits, attempt)
        except Exception as error:  # noqa: BLE001  one bad sample never ends a run
            return self._rejected(candidate, attempt, DRAW, unexpected(error, "checking a candidate"))

    def _judged(self, candidate: Candidate, orbits: Orbits, attempt: Attempt) -> GeneratedCrystal | Rejected:
        crystal = crystal_of(orbits, primitive=True).with_findings(space_group=orbits.space_group)
        verdicts = []
        for check in self.checks:
            verdict = check.check(crystal)
            if verdict.passed is False and check.name in self.replace_failing:
                return self._rejected(candidate, attempt, check.name, verdict.reason)
            verdicts.append(verdict)
        symmetrised, strict = standardised(orbits)
        found = next(v.value for v in verdicts if v.name == "symmetry")
        return GeneratedCrystal(
            attempt.slot,
            attempt.number,
            candidate.seed,
            candidate.log_likelihood,
            orbits.space_group,
            None if found is None else int(found),
            strict,
            symmetrised,
            dict(attempt.asked),
            tuple(verdicts),
            candidate.redrawn,
            relaxation=candidate.relaxation,
        )

    @staticmethod
    def _rejected(candidate: Candidate, attempt: Attempt, check: str, reason: str) -> Rejected:
        formula, group, label = "", None, ""
        if candidate.orbits is not None:
            group, label = candidate.orbits.space_group, candidate.orbits.label
            formula = formula_of(candidate.orbits)
        return Rejected(attempt.slot, attempt.number, candidate.seed, formula, group, label, check, reason)


def standardised(orbits: Orbits) -> tuple[Orbits, int | None]:
    """Orbits in spglib's standard cell, and the group found at 0.01 Å.

    Where spglib finds another group there, the orbits stay as they are: they have theirs by construction.
    """
    try:
        found = orbits_of(crystal_of(orbits, primitive=True), STRICT_SYMPREC)
    except NoOrbits:
        return orbits, None
    return (found if found.space_group == orbits.space_group else orbits), found.space_group


def formula_of(orbits: Orbits) -> str:
    """Reduced formula of orbits, whose coordinates need not be finite."""
    at_origin = replace(orbits, theta=np.zeros_like(orbits.theta), lattice=np.zeros_like(orbits.lattice))
    return crystal_of(at_origin, primitive=True).formula
