"""The contract of a conditioner: one wish of the user, which narrows what a crystal may be."""

from __future__ import annotations

from typing import Protocol, Self

from ..gen.skeleton.constraints import Constraints


class Contradiction(ValueError):
    """A condition cannot hold together with earlier ones; the message says which part of it fails."""


class Condition(Protocol):
    """One wish. Conditions are frozen records, so that two equal wishes are equal.

    ``parse(name, value)`` reads what a user writes (text of the command line or YAML, or a Python value) and raises
    ``UserError``; ``text`` is what ``parse`` reads back; ``constrain`` narrows the constraints or raises
    ``Contradiction``. A property is also *drawn*: see ``scalar.py``.
    """

    @property
    def name(self) -> str:
        """Name of the option, e.g. ``space_group``."""

    @property
    def text(self) -> str:
        """What was asked, e.g. ``Fm-3m,221``."""

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """From what a user writes."""

    def constrain(self, constraints: Constraints) -> Constraints:
        """The constraints with this wish added."""


def words(value: object, separators: str = ",") -> list[str]:
    """The parts of ``a,b`` or of a Python sequence, without blanks and empty parts."""
    parts: list[object] = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    text = separators[0].join(str(part) for part in parts)
    for other in separators[1:]:
        text = text.replace(other, separators[0])
    return [word.strip() for word in text.split(separators[0]) if word.strip()]
