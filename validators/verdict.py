"""The one answer that every validator gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Detail:
    """One more thing that a check found: ``oxidation edge`` 4.1 ``V``, ``decomposes into`` ``Li2S + P2S5``."""

    name: str
    value: float | str
    unit: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer of one check on one crystal.

    symbol   meaning
    name     the check, e.g. ``distances``
    passed   True, False, or None where the check cannot be made ("unknown")
    value    the number measured, if there is one
    spread   its standard uncertainty, if known
    unit     unit of value, spread and limit
    limit    what value was compared with
    reason   one sentence for a person: why it passed, fell, or is unknown
    details  whatever else was found, each with its unit; a table may show them as columns of their own
    """

    name: str
    passed: bool | None
    value: float | None = None
    spread: float | None = None
    unit: str = ""
    limit: float | None = None
    reason: str = ""
    details: tuple[Detail, ...] = ()


def verdict_of(values: dict[str, Any]) -> Verdict:
    """A verdict from its fields as JSON gives them."""
    return Verdict(**values | {"details": tuple(Detail(**detail) for detail in values["details"])})
