"""Typed records: dataclasses with documented fields, and one strict reader for all of them.

    @dataclass(frozen=True)
    class Settings:
        steps: int = setting(1000, "optimiser steps", at_least=1)

    read_record(Settings, {"steps": 50}, "config.yaml")

An unknown key, a wrong type and a value out of range are a ``UserError`` that names the key, what was found and what
to write instead. Fields without ``setting`` are read by their type alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from .errors import UserError, did_you_mean, shown
from .typed_fields import Meta, Place, check_range, check_ranges, meta_of, place_of, setting
from .typed_values import read_value

__all__ = ["Meta", "Place", "check_ranges", "checked_keywords", "meta_of", "read_record", "setting", "write_record"]

Record = TypeVar("Record")


def read_record(cls: type[Record], values: object, source: Place = "", noun: str = "setting") -> Record:
    """The record that ``values`` (a mapping) describe; ``source`` begins every message, ``noun`` names a field in it.

    Raises ``UserError`` for keys that are unknown or missing, for wrong types and for values out of range.
    """
    if not isinstance(values, Mapping):
        raise UserError(f"{place_of(source)}there are no {noun}s here: write one `name: value` a line.")
    known = {one.name: one for one in fields(cls) if one.init}  # type: ignore[arg-type]  # cls is a dataclass
    for key in values:
        if key not in known:
            hint, article = did_you_mean(str(key)[:60], known), "an" if noun[0] in "aeiou" else "a"
            at, there = place_of(source, str(key)), ", ".join(known)
            raise UserError(f"{at}{shown(key)} is not {article} {noun}.{hint} There are: {there}.")
    if absent := [name for name, one in known.items() if _required(one) and name not in values]:
        raise UserError(f"{place_of(source)}these {noun}s are missing: {', '.join(absent)}.")
    kinds = get_type_hints(cls)
    read = {key: _read(kinds[key], known[key], value, source) for key, value in values.items()}
    return cls(**read)


def checked_keywords(cls: type[Record]) -> type[Record]:
    """Decorator of a record: an unknown keyword is a ``UserError`` with a suggestion, a wrong type one, too."""
    make, known = cls.__init__, {one.name: one for one in fields(cls) if one.init}  # type: ignore[arg-type]

    @wraps(make)
    def checked(self: Record, *args: Any, **values: Any) -> None:
        kinds = get_type_hints(cls)
        for name, value in values.items():
            if name not in known:
                hint = did_you_mean(name[:60], known)
                raise UserError(f"{shown(name)} is not an option.{hint} There are: {', '.join(known)}.")
            values[name] = _read(kinds[name], known[name], value, "")
        make(self, *args, **values)

    setattr(cls, "__init__", checked)  # noqa: B010  mypy allows no assignment to a method
    return cls


def write_record(record: object) -> dict[str, Any]:
    """The record as ``read_record`` reads it: plain values, tuples as lists, records as mappings."""
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
        message = f"{place_of(source, one.name)}{one.name} = {shown(value)}: write {_wanted(meta, str(error))}."
        raise UserError(message.replace("?.", "?")) from None
    check_range(one, read, source)
    return read


def _wanted(meta: Meta, kind: str) -> str:
    """What to write for a field, e.g. ``a number in eV/atom, or off``; its words replace ``null``."""
    unit = f" in {meta.unit}" if meta.unit and kind.startswith("a number") else ""
    if not meta.words:
        return f"{kind}{unit}"
    return f"{kind.removesuffix(' or null')}{unit}, or {' or '.join(meta.words)}"


def _required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


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
