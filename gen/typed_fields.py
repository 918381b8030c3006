"""Fields of typed records, each with its meaning, unit and range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from .errors import UserError, shown

Place = str | Callable[[str], str]  # where a record was written: a file, or the place of each key in it
META = "setting"
LARGEST = 1e300  # a larger number is an overflow


@dataclass(frozen=True)
class Meta:
    """Meaning, unit and range of a field of a record.

    symbol                         meaning
    doc                            what the setting is, one phrase
    unit                           its unit
    at_least, above, at_most, below  its range; None is not checked
    panel                          heading under which the command line shows it
    words                          words that stand for a value, e.g. ``{"auto": None}``
    read, write                    from what a person writes and back, for custom types; ``read`` raises ``UserError``,
                                   or ``ValueError`` with what to write instead
    """

    doc: str = ""
    unit: str = ""
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    panel: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[[Any], Any] | None = None
    write: Callable[[Any], Any] | None = None

    @property
    def range(self) -> str:
        """The range in words, e.g. ``at least 0 and below 1``; empty where there is none."""
        limits = {"at least": self.at_least, "above": self.above, "at most": self.at_most, "below": self.below}
        parts = [f"{word} {limit:g}" for word, limit in limits.items() if limit is not None and math.isfinite(limit)]
        return " and ".join(parts) or ("finite" if any(v is not None for v in limits.values()) else "")

    def allows(self, value: float) -> bool:
        """Whether a number is in the range."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


def setting(default: Any = MISSING, doc: str = "", *, factory: Any = MISSING, compare: bool = True, **meta: Any) -> Any:
    """A field of a record with its documentation and range; ``meta``: the fields of ``Meta``.

    Without ``default`` and ``factory`` the setting must be written.
    """
    info = {META: Meta(doc, **meta)}
    if factory is not MISSING:
        return field(default_factory=factory, compare=compare, metadata=info)
    return field(default=default, compare=compare, metadata=info)


def meta_of(one: Field[Any]) -> Meta:
    """The ``Meta`` of a field; empty for a field made without ``setting``."""
    meta: Meta = one.metadata.get(META, Meta())
    return meta


def check_ranges(record: object, source: Place = "") -> None:
    """Checks the range of every number of a record, for ``__post_init__``; raises ``UserError``."""
    for one in fields(record):  # type: ignore[arg-type]  # a dataclass
        check_range(one, getattr(record, one.name), source)


def check_range(one: Field[Any], value: object, source: Place) -> None:
    """Checks the range of one field; raises ``UserError``."""
    meta = meta_of(one)
    several = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else (value,)
    for number in several:
        if not isinstance(number, int | float) or isinstance(number, bool):
            continue
        at = f"{place_of(source, one.name)}{one.name}"
        if not -LARGEST < number < LARGEST:
            raise UserError(f"{at} = {shown(number)}: it must be a finite number.")
        if not meta.allows(number):
            raise UserError(f"{at} = {number:g}: it must be {meta.range}.")


def place_of(source: Place, key: str = "") -> str:
    """The beginning of a message: the place of a key and a colon, or nothing."""
    place = source if isinstance(source, str) else source(key)
    return f"{place}: " if place else ""
