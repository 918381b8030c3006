"""Typed records: dataclasses whose fields say what they mean, and one strict reader for all of them.

    @dataclass(frozen=True)
    class Settings:
        steps: int = setting(1000, "optimiser steps", at_least=1)

    read_record(Settings, {"steps": 50}, "config.yaml")

An unknown key, a wrong type and a value out of range are a ``UserError`` that names the key, what was found and what
to write instead. Fields without ``setting`` are read by their type alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from .errors import UserError, did_you_mean
from .typed_values import read_value

Record = TypeVar("Record")
Place = str | Callable[[str], str]  # where a record was written: a file, or the place of each key in it
META = "setting"


@dataclass(frozen=True)
class Meta:
    """What a field of a record says besides its type and default.

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
        said = [f"{word} {limit:g}" for word, limit in limits.items() if limit is not None and math.isfinite(limit)]
        return " and ".join(said) or ("finite" if any(v is not None for v in limits.values()) else "")

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


def read_record(cls: type[Record], values: object, source: Place = "", noun: str = "setting") -> Record:
    """The record that ``values`` (a mapping) describe; ``source`` begins every message, ``noun`` names a field in it.

    Raises ``UserError`` for keys that are unknown or missing, for wrong types and for values out of range.
    """
    if not isinstance(values, Mapping):
        raise UserError(f"{_at(source)}there are no {noun}s here: write one `name: value` a line.")
    known = {one.name: one for one in fields(cls) if one.init}  # type: ignore[arg-type]  # cls is a dataclass
    for key in values:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise UserError(f"{_at(source, str(key))}{key!r} is not a {noun}.{hint} There are: {', '.join(known)}.")
    if absent := [name for name, one in known.items() if _required(one) and name not in values]:
        raise UserError(f"{_at(source)}these {noun}s are missing: {', '.join(absent)}.")
    kinds = get_type_hints(cls)
    read = {key: _read(kinds[key], known[key], value, source) for key, value in values.items()}
    return cls(**read)


def check_ranges(record: object, source: Place = "") -> None:
    """Checks the range of every number of a record, for ``__post_init__``; raises ``UserError``."""
    for one in fields(record):  # type: ignore[arg-type]  # a dataclass
        _check_range(one, getattr(record, one.name), source)


def write_record(record: object) -> dict[str, Any]:
    """What ``read_record`` reads: plain values, tuples as lists, records as mappings."""
    return {one.name: _written(one, getattr(record, one.name)) for one in fields(record) if one.init}  # type: ignore[arg-type]


def _read(kind: Any, one: Field[Any], value: object, source: Place) -> Any:
    meta = meta_of(one)
    if isinstance(value, str) and value in meta.words:
        return meta.words[value]

    def nested(inner: Any, found: object) -> Any:
        if not is_dataclass(inner) or not isinstance(inner, type):
            raise TypeError(f"{one.name}: values of type {inner} cannot be read")
        return found if isinstance(found, inner) else read_record(inner, found, _inside(source, one.name))

    try:
        read = read_value(kind, value, nested) if meta.read is None else meta.read(value)
    except ValueError as error:
        words = "".join(f" or {word}" for word in meta.words)
        message = f"{_at(source, one.name)}{one.name} = {value!r}: write {error}{words}."
        raise UserError(message.replace("?.", "?")) from None
    _check_range(one, read, source)
    return read


def _check_range(one: Field[Any], value: object, source: Place) -> None:
    meta = meta_of(one)
    several = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else (value,)
    for number in several:
        if isinstance(number, int | float) and not isinstance(number, bool) and not meta.allows(number):
            raise UserError(f"{_at(source, one.name)}{one.name} = {number:g}: it must be {meta.range}.")


def _required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _at(source: Place, key: str = "") -> str:
    place = source if isinstance(source, str) else source(key)
    return f"{place}: " if place else ""


def _inside(source: Place, key: str) -> Place:
    if isinstance(source, str):
        return f"{source}: {key}" if source else key
    return lambda inner: source(f"{key}.{inner}" if inner else key)


def _written(one: Field[Any], value: Any) -> Any:
    meta = meta_of(one)
    for word, stands_for in meta.words.items():
        if type(stands_for) is type(value) and stands_for == value:
            return word
    return _plain(value) if meta.write is None else meta.write(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return write_record(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return str(value) if isinstance(value, Path) else value
