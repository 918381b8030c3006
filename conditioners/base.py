"""Contract of a condition: it is read from text, written as text, and narrows the constraints on a crystal."""

from __future__ import annotations

from typing import Protocol, Self

from ..gen.skeleton.constraints import Constraints


class Contradiction(ValueError):
    """A condition cannot hold together with earlier ones; the message names the part that fails."""


class Condition(Protocol):
    """One condition of the user. Conditions are frozen records: equal conditions compare equal.

    ``parse(name, value)`` reads what a user writes (text of the command line or YAML, or a Python value) and raises
    ``UserError``; ``text`` is what ``parse`` reads back; ``constrain`` narrows the constraints or raises
    ``Contradiction``. A property target also draws a value: see ``property_target.py``.
    """

    @property
    def name(self) -> str:
        """Name of the option, e.g. ``space_group``."""

    @property
    def text(self) -> str:
        """Value of the option as text, e.g. ``Fm-3m,221``."""

    @classmethod
    def parse(cls, name: str, value: object) -> Self:
        """Condition from a value that a user wrote; raises ``UserError``."""

    def constrain(self, constraints: Constraints) -> Constraints:
        """The constraints with this condition added; raises ``Contradiction``."""


def words(value: object, separators: str = ",") -> list[str]:
    """Parts of ``a,b`` or of a Python sequence, without blanks and empty parts."""
    parts: list[object] = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    text = separators[0].join(str(part) for part in parts)
    for other in separators[1:]:
        text = text.replace(other, separators[0])
    return [word.strip() for word in text.split(separators[0]) if word.strip()]
