"""The verdict of a check on a crystal: passed, failed or unknown, with its number and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..gen.stored_records import stored_record

NEAR_MISS = "near miss"  # in tables


@dataclass(frozen=True)
class Detail:
    """One more result of a check, e.g. ``oxidation edge`` 4.1 ``V`` or ``decomposes into`` ``Li2S + P2S5``."""

    name: str
    value: float | str
    unit: str = ""


@dataclass(frozen=True)
class Verdict:
    """The verdict of one check on one crystal.

    symbol     meaning
    name       the check, e.g. ``distances``
    passed     True, False, or None if the check has no answer ("unknown")
    value      the number measured, if there is one
    spread     its standard uncertainty, if known
    unit       unit of value, spread and limit
    limit      the number with which the value was compared
    reason     one sentence for a person: why the crystal passed or failed, or why that is unknown
    details    other results, each with its unit; a table may show them as columns
    doubt      why the value may be far off, e.g. for a crystal unlike all training data; empty without
    near_miss  whether it is not passed by less than the error of the check
    profile    energies along a path: distance (Å), energy (eV) and fractional coordinates of each point, or empty
    """

    name: str
    passed: bool | None
    value: float | None = None
    spread: float | None = None
    unit: str = ""
    limit: float | None = None
    reason: str = ""
    details: tuple[Detail, ...] = ()
    doubt: str = ""
    near_miss: bool = False
    profile: tuple[tuple[float, ...], ...] = ()

    @property
    def answer(self) -> str:
        """The answer in a word: yes, no, near miss or unknown."""
        if self.passed is None:
            return "unknown"
        return "yes" if self.passed else NEAR_MISS if self.near_miss else "no"


def verdict_of(values: dict[str, Any]) -> Verdict:
    """A verdict from its fields as read from JSON. Raises ``TypeError`` or ``KeyError`` for other values."""
    details = tuple(stored_record(Detail, detail) for detail in values["details"])
    profile = tuple(tuple(point) for point in values.get("profile", ()))
    return stored_record(Verdict, {**values, "details": details, "profile": profile})
