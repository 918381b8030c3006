"""Checks that turn a candidate into a crystal with its verdicts, or into a rejection with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ..gen.errors import UserError, did_you_mean, unexpected
from ..gen.sampling.candidate import DRAW, Candidate
from ..gen.symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of
from ..gen.symmetry.space_group_search import STRICT_SYMPREC
from ..validators import Check, validator
from ..validators.composition_filter import CompositionFilter
from .records import UNIQUE_CHECK, GeneratedCrystal, Outcome, Rejected

HARD_CHECKS = ("finite", "distances", "volume", "charge", "symmetry")  # a candidate that fails one is replaced
SOFT_CHECKS = ("fragments", "novel")  # reported only
REPORTED_CHECKS = (*HARD_CHECKS, *SOFT_CHECKS, UNIQUE_CHECK)  # the last compares with earlier crystals of the run


@dataclass(frozen=True)
class Attempt:
    """Slot and number of an attempt, and the target values requested of it (property → value)."""

    slot: int
    number: int
    asked: Mapping[str, float]


@cache
def checks() -> tuple[Check, ...]:
    """The checks of a single crystal. They are built once, because reading the reference set takes a second."""
    return tuple(validator(name) for name in (*HARD_CHECKS, *SOFT_CHECKS))


class AcceptanceTest:
    """Applies the checks until one of ``replace_failing`` fails; ``compositions`` refuses skeletons before that."""

    def __init__(
        self, replace_failing: Sequence[str] = HARD_CHECKS, compositions: CompositionFilter | None = None
    ) -> None:
        if unknown := [name for name in replace_failing if name not in HARD_CHECKS]:
            hint = did_you_mean(unknown[0], HARD_CHECKS)
            raise UserError(
                f"checks: {unknown[0]!r} cannot reject candidates.{hint} There are: {', '.join(HARD_CHECKS)}."
            )
        self.replace_failing, self.compositions = frozenset(replace_failing), compositions
        self.checks = checks()

    def __call__(self, candidate: Candidate, attempt: Attempt) -> Outcome:
        """The crystal in spglib's standard cell, or the rejection. Never raises, whatever the models gave.

        An exception in the checks is logged and rejects the candidate with ``internal_error``.
        """
        if candidate.orbits is None or candidate.failure:
            why = candidate.failure or "the models gave no crystal"
            return rejected_candidate(candidate, attempt, candidate.failed, why)
        try:
            return self._checked(candidate, candidate.orbits, attempt)
        except Exception as error:  # noqa: BLE001  one bad candidate must not end the run
            reason = unexpected(error, f"checking slot {attempt.slot}, attempt {attempt.number}")
            return replace(rejected_candidate(candidate, attempt, DRAW, reason), internal_error=True)

    def _checked(self, candidate: Candidate, orbits: Orbits, attempt: Attempt) -> Outcome:
        crystal = crystal_of(orbits, primitive=True).with_findings(space_group=orbits.space_group)
        verdicts = []
        for check in self.checks:
            verdict = check.check(crystal)
            if verdict.passed is False and check.name in self.replace_failing:
                return rejected_candidate(candidate, attempt, check.name, verdict.reason)
            verdicts.append(verdict)
        symmetrised, strict_group = standardised(orbits)
        loose_group = next(v.value for v in verdicts if v.name == "symmetry")
        return GeneratedCrystal(
            slot=attempt.slot,
            attempt=attempt.number,
            seed=candidate.seed,
            log_likelihood=candidate.log_likelihood,
            space_group_asked=orbits.space_group,
            space_group_found=None if loose_group is None else int(loose_group),
            space_group_strict=strict_group,
            orbits=symmetrised,
            asked=dict(attempt.asked),
            verdicts=tuple(verdicts),
            redrawn=candidate.redrawn,
            relaxation=candidate.relaxation,
            chemistry_asked=candidate.kind,
        )


def rejected_candidate(candidate: Candidate, attempt: Attempt, check: str, reason: str) -> Rejected:
    """The rejection of a candidate by a check."""
    formula, group, label = "", None, ""
    if candidate.orbits is not None:
        group, label, formula = candidate.orbits.space_group, candidate.orbits.label, formula_of(candidate.orbits)
    found = (candidate.seed, formula, group, label, check, reason)
    return Rejected(attempt.slot, attempt.number, *found, chemistry_asked=candidate.kind)


def standardised(orbits: Orbits) -> tuple[Orbits, int | None]:
    """Orbits in spglib's standard cell, and the space group that spglib finds at 0.01 Å (None if it finds none).

    If spglib finds another group, the orbits are returned unchanged: they have their group by construction.
    """
    try:
        found = orbits_of(crystal_of(orbits, primitive=True), STRICT_SYMPREC)
    except NoOrbits:
        return orbits, None
    return (found if found.space_group == orbits.space_group else orbits), found.space_group


def formula_of(orbits: Orbits) -> str:
    """Reduced formula of orbits; their coordinates need not be finite."""
    at_origin = replace(orbits, theta=np.zeros_like(orbits.theta), lattice=np.zeros_like(orbits.lattice))
    return crystal_of(at_origin, primitive=True).formula
