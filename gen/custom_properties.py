"""``properties.yaml``: the properties of one's own that a checkpoint knows besides those that ship.

A list of entries, in the order of the networks' columns:

- name: melting_point    # as it is asked for
  unit: K
  log: false             # whether it is seen by its logarithm
  centre: 1200.0         # and on which scale: (value or log10(value) - centre) / width
  width: 500.0
  low: 300.0             # 98 % of the crystals it was learnt from lie from low to high
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
from .properties import PROPERTIES, PROPERTY_NAMES, SHIPPED, Property

NAME = "properties.yaml"
KINDS = {f.name: {"name": str, "unit": str, "log": bool}.get(f.name, float) for f in fields(Property)}


def read_entries(path: Path) -> list[dict[str, Any]]:
    """The entries of a file, each with a name and any other fields of ``Property``; raises ``UserError``."""
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
        if key not in KINDS:
            hint = did_you_mean(str(key), KINDS)
            raise UserError(f"{path}: {key!r} is no field of a property.{hint} There are: {', '.join(KINDS)}.")
        kind = KINDS[key]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number if kind is float else isinstance(value, kind)):
            words = {float: "a number", bool: "true or false", str: "a text"}[kind]
            raise UserError(f"{path}: {key}: {value!r}: write {words}.")
        out[key] = kind(value)
    if out.get("width", 1.0) <= 0 or not all(math.isfinite(out.get(key, 0.0)) for key in ("centre", "width")):
        raise UserError(f"{path}: {out['name']}: centre must be a number and width one above 0.")
    return out


def custom_properties(folder: Path) -> tuple[Property, ...]:
    """Those that a checkpoint's folder lists; none where it has no such file. Raises ``UserError``."""
    path = folder / NAME
    return properties_of(read_entries(path), path) if path.exists() else ()


def properties_of(entries: Sequence[Mapping[str, Any]], source: Path) -> tuple[Property, ...]:
    """Whole entries as properties; raises ``UserError`` for one that lacks something."""
    for entry in entries:
        if lacking := [name for name in ("unit", "centre", "width") if name not in entry]:
            raise UserError(f"{source}: {entry.get('name')} lacks {', '.join(lacking)}.")
    return tuple(Property(**entry) for entry in entries)


def entries_of(own: Sequence[Property]) -> list[dict[str, Any]]:
    """Properties as entries that YAML can hold; ends of a range that are not known are left out."""
    return [{k: v for k, v in asdict(p).items() if v not in (math.inf, -math.inf)} for p in own]


def write_custom(folder: Path, own: Sequence[Property]) -> None:
    """Writes the file of a checkpoint."""
    text = yaml.safe_dump(entries_of(own), sort_keys=False, allow_unicode=True)
    (folder / NAME).write_text(text, encoding="utf-8")


def learn(own: Sequence[Property]) -> tuple[int, ...]:
    """Makes properties known to this process; the columns of what ships and of these."""
    for one in own:
        PROPERTIES.learn(one)
    return (*range(len(SHIPPED)), *(PROPERTY_NAMES.index(p.name) for p in own))


def columns_in(folder: Path, count: int | None = None) -> tuple[int, ...]:
    """The columns of a checkpoint's networks, which may know ``count`` of its properties only, the first.

    Its properties are known to this process from then on. Raises ``UserError`` where fewer are listed than a network
    has.
    """
    columns = learn(custom_properties(folder))
    if count is not None and count > len(columns):
        raise UserError(f"{folder / NAME} lists {len(columns) - len(SHIPPED)} properties, the weights know more.")
    return columns[:count]
