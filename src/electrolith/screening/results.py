"""The result of one crystal in a screening: its answers, where it stopped, its rank."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..gen.crystal import Crystal
from ..gen.findings import findings_from
from ..gen.stored_records import stored_record
from ..validators.verdict import Verdict, verdict_of

READING = "reading"  # the step at which unreadable input stops


@dataclass(frozen=True, eq=False)
class Answer:
    """The verdict of one step of the recipe, and its time in s."""

    step: str
    verdict: Verdict
    seconds: float


@dataclass(frozen=True, eq=False)
class ScreeningResult:
    """One crystal and its answers.

    symbol        meaning
    place         number in the input, from 0
    id            name, unique within the run
    crystal       the crystal after the last change; None where the input is not a crystal
    answers       answers of the steps that ran, in order
    stopped       step that stopped it, ``reading`` for unreadable input; empty for a survivor
    reason        reason of that step
    n_atoms       atoms of the cell as read
    group_before  space group as read, spglib at 0.1 Å
    group         space group of ``crystal``
    rank          1 for the best survivor; None if rejected
    score         weighted mean of its places among the survivors, lowered for near misses; 1: first in all criteria
    source        the file that it was read from, and its place in it
    """

    place: int
    id: str
    crystal: Crystal | None
    answers: tuple[Answer, ...] = ()
    stopped: str = ""
    reason: str = ""
    formula: str = ""
    n_atoms: int | None = None
    group_before: int | None = None
    group: int | None = None
    rank: int | None = field(default=None, compare=False)
    score: float | None = None
    source: str = ""

    @property
    def passed(self) -> bool:
        """Whether the crystal passed all checks."""
        return not self.stopped

    @property
    def near_misses(self) -> tuple[str, ...]:
        """The steps whose limits it misses by no more than their error."""
        return tuple(answer.step for answer in self.answers if answer.verdict.near_miss)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts by step."""
        return {answer.step: answer.verdict for answer in self.answers}

    def value(self, by: str) -> float | None:
        """The value of a step, or of one of its details (``step: detail``); None if there is none."""
        step, _, detail = by.partition(":")
        verdict = self.verdicts.get(step.strip())
        if verdict is None:
            return None
        if not detail:
            return None if verdict.value is None or math.isnan(verdict.value) else float(verdict.value)
        found = next((d.value for d in verdict.details if d.name == detail.strip()), None)
        return float(found) if isinstance(found, int | float) and not math.isnan(found) else None

    def as_mapping(self) -> dict[str, Any]:
        """The result as JSON values, without rank and score, which depend on the other crystals."""
        crystal = self.crystal
        values = {name: value for name, value in vars(self).items() if name not in ("rank", "score")}
        values["answers"] = [asdict(answer) for answer in self.answers]
        values["crystal"] = None if crystal is None else mapping_of(crystal)
        return values

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> ScreeningResult:
        """The inverse of ``as_mapping``."""
        answers = tuple(stored_record(Answer, {**a, "verdict": verdict_of(a["verdict"])}) for a in values["answers"])
        crystal = None if values["crystal"] is None else crystal_from(values["crystal"])
        return stored_record(cls, {**values, "answers": answers, "crystal": crystal})


def mapping_of(crystal: Crystal) -> dict[str, Any]:
    """A crystal as JSON values; of ``info``, texts and numbers only."""
    return {
        "lattice": crystal.lattice.tolist(),
        "frac_coords": crystal.frac_coords.tolist(),
        "atomic_numbers": crystal.atomic_numbers.tolist(),
        "name": crystal.name,
        "info": {k: v for k, v in crystal.info.items() if isinstance(v, str | int | float)},
        "findings": asdict(crystal.findings),
        "remarks": list(crystal.remarks),
    }


def crystal_from(values: Mapping[str, Any]) -> Crystal:
    """The inverse of ``mapping_of``; journals of earlier versions hold no findings or remarks."""
    others = {name: value for name, value in values.items() if name not in ("findings", "remarks")}
    findings, remarks = findings_from(values.get("findings", {})), tuple(values.get("remarks", ()))
    return replace(Crystal.of(**others), findings=findings, remarks=remarks)
