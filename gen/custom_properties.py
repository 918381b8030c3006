"""``properties.yaml``: the custom properties of a checkpoint, which follow the shipped ones in its set.

A list of entries, in the order of the networks' columns:

- name: melting_point    # the name of the target
  unit: K
  log: false             # whether the networks see the logarithm
  centre: 1200.0         # the normalised value is (value or log10(value) - centre) / width
  width: 500.0
  low: 300.0             # range of the middle 98 % of the crystals it was trained on
  high: 3000.0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Any

from .atomic import write_atomic
from .errors import UserError, did_you_mean, shown
from .properties import SHIPPED, Property, PropertySet
from .typed_values import read_value
from .weight_header import column_names
from .yaml_lines import YamlLines
from .yaml_schema import yaml_text

NAME = "properties.yaml"
FIELD_TYPES = {f.name: {"name": str, "unit": str, "log": bool}.get(f.name, float) for f in fields(Property)}


def read_entries(path: Path) -> list[dict[str, Any]]:
    """Entries of a file, each with a name and any other fields of ``Property``; raises ``UserError``."""
    lines = YamlLines.of_file(path)
    entries = [lines.values] if isinstance(lines.values, Mapping) else lines.values
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path} holds no properties: write a list of entries, such as `- name: melting_point`.")
    inside = [()] if isinstance(lines.values, Mapping) else [(k,) for k in range(len(entries))]
    return [_checked(entry, partial(lines.at, *where)) for entry, where in zip(entries, inside, strict=True)]


def _checked(entry: object, at: Callable[..., str]) -> dict[str, Any]:
    if not isinstance(entry, Mapping) or "name" not in entry:
        raise UserError(f"{at()}: every entry needs a line such as `- name: melting_point`.")
    out: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in FIELD_TYPES:
            hint, known = did_you_mean(str(key), FIELD_TYPES), ", ".join(FIELD_TYPES)
            raise UserError(f"{at(key)}: {shown(key)} is not a field of a property.{hint} There are: {known}.")
        try:
            out[key] = read_value(FIELD_TYPES[key], value)
        except ValueError as error:
            raise UserError(f"{at(key)}: {key}: {shown(value)}: write {error}.") from None
    if out.get("width", 1.0) <= 0:
        raise UserError(f"{at('width')}: {out['name']}: width must be a number above 0.")
    if not out.get("low", -math.inf) <= out.get("high", math.inf):
        raise UserError(f"{at('low')}: {out['name']}: low must be below high.")
    return out


def custom_properties(folder: Path) -> tuple[Property, ...]:
    """Custom properties of the checkpoint in ``folder``; empty if it has no such file. Raises ``UserError``."""
    path = folder / NAME
    return properties_of(read_entries(path), path) if path.exists() else ()


def properties_of(entries: Sequence[Mapping[str, Any]], source: Path) -> tuple[Property, ...]:
    """Complete entries as properties; raises ``UserError`` for an entry that lacks a field."""
    for entry in entries:
        if lacking := [name for name in ("unit", "centre", "width") if name not in entry]:
            raise UserError(f"{source}: {entry.get('name')} lacks {', '.join(lacking)}.")
    return tuple(Property(**entry) for entry in entries)


def entries_of(custom: Sequence[Property]) -> list[dict[str, Any]]:
    """Properties as entries that YAML can hold; infinite ends of a range are left out."""
    return [{k: v for k, v in asdict(p).items() if v not in (math.inf, -math.inf)} for p in custom]


def write_custom(folder: Path, custom: Sequence[Property]) -> None:
    """Writes the file of a checkpoint."""
    write_atomic(folder / NAME, yaml_text(entries_of(custom)).encode())


def properties_in(folder: Path) -> PropertySet:
    """Set of the checkpoint in ``folder``: the shipped properties, then its custom ones. Raises ``UserError``."""
    return SHIPPED.extended(custom_properties(folder))


def properties_of_record(record: Mapping[str, Any], source: Path) -> PropertySet:
    """Set of a run by its record: the shipped properties, then those under ``properties``, if there are any.

    The record is enough: the checkpoint of the run may be gone. Raises ``UserError``, which names ``source``.
    """
    entries = record.get("properties") or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise UserError(f"{source}: `properties` is not a list of properties.")
    return SHIPPED.extended(properties_of(entries, source))


def properties_of_weights(path: Path, count: int) -> PropertySet:
    """Set of the ``count`` properties that the network in a weight file knows, in the order of its columns.

    The file names its columns. A file without names (of version 0.1) knows the first properties of its folder.
    Raises ``UserError`` where the folder does not describe all of them.
    """
    listed, names = properties_in(path.parent), column_names(path)
    if names is None:
        names = listed.names[:count]
    if len(names) != count or not set(names) <= set(listed.names):
        custom = ", ".join(listed.names[len(SHIPPED) :]) or "no properties"
        raise UserError(f"{path.parent / NAME} lists {custom}; the weights in {path.name} know others or more.")
    return PropertySet(tuple(listed.named(name) for name in names))
