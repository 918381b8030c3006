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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import yaml

from .errors import UserError, did_you_mean
from .properties import SHIPPED, Property, PropertySet
from .typed_values import read_value
from .weight_files import column_names

NAME = "properties.yaml"
FIELD_TYPES = {f.name: {"name": str, "unit": str, "log": bool}.get(f.name, float) for f in fields(Property)}


def read_entries(path: Path) -> list[dict[str, Any]]:
    """Entries of a file, each with a name and any other fields of ``Property``; raises ``UserError``."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path} cannot be read as YAML: {str(error).splitlines()[0]}") from error
    entries = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path} holds no properties: write a list of entries, such as `- name: melting_point`.")
    return [_checked(entry, path) for entry in entries]


def _checked(entry: object, path: Path) -> dict[str, Any]:
    if not isinstance(entry, Mapping) or "name" not in entry:
        raise UserError(f"{path}: every entry needs a line such as `- name: melting_point`.")
    out: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in FIELD_TYPES:
            hint = did_you_mean(str(key), FIELD_TYPES)
            raise UserError(f"{path}: {key!r} is not a field of a property.{hint} There are: {', '.join(FIELD_TYPES)}.")
        try:
            out[key] = read_value(FIELD_TYPES[key], value)
        except ValueError as error:
            raise UserError(f"{path}: {key}: {value!r}: write {error}.") from None
    if out.get("width", 1.0) <= 0 or not all(math.isfinite(out.get(key, 0.0)) for key in ("centre", "width")):
        raise UserError(f"{path}: {out['name']}: centre must be a number and width a number above 0.")
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
    text = yaml.safe_dump(entries_of(custom), sort_keys=False, allow_unicode=True)
    (folder / NAME).write_text(text, encoding="utf-8")


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
