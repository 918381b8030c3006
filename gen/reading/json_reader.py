"""Crystals of JSON: structures of pymatgen and of ASE, alone, in lists, or within other records.

A structure of pymatgen is a mapping with ``lattice`` and ``sites``. It is read from these numbers and nothing else: the
decoder of pymatgen imports any module that the file names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..crystal import Crystal
from .json_sites import contents_of, coordinates_of
from .part import Entry, Part
from .source import Source
from .unreadable import Unreadable, first_line, mixed_crystal, valid_crystal

NAME_KEYS = ("material_id", "entry_id", "id", "name")
PARAMETERS = ("a", "b", "c", "alpha", "beta", "gamma")
HEAD = 65_536  # bytes that tell whether a JSON may hold structures
MARKS = re.compile(rb'"(?:lattice|sites|unique_id|__ndarray__|lattice_mat)"')
NO_STRUCTURE = "it holds no structures (of pymatgen: mappings with `lattice` and `sites`; or a database of ASE)"


def structures_of(source: Source) -> Iterator[Part]:
    """The structures of a JSON, in its order."""
    yield Part(source.name, partial(_read, source))


def may_hold_structures(source: Source) -> bool:
    """Whether the first bytes look like structures; other JSON in a folder is not an entry."""
    try:
        with source.unpacked() as stream:
            return MARKS.search(stream.read(HEAD)) is not None
    except Exception:  # noqa: BLE001  a damaged archive: reading it will give the reason
        return True


def _read(source: Source) -> Iterator[Entry]:
    try:
        content = json.loads(source.text())
    except (ValueError, RecursionError) as error:
        yield Unreadable(source.name, f"not a readable JSON: {first_line(error)}")
        return
    if isinstance(content, dict) and "nextid" in content and "ids" in content:
        from .ase_reader import rows_of_database  # only for a database of ASE: it needs ase.db

        yield from rows_of_database(source)
        return
    count = 0
    for count, (structure, name) in enumerate(_structures(content), start=1):
        yield _crystal(structure, name or (source.name if count == 1 else f"{source.name}-{count}"))
    if count == 0:
        yield Unreadable(source.name, NO_STRUCTURE)


def _structures(content: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each structure within lists and mappings, and its name: an id beside it, or a key that leads to it."""
    left: list[tuple[Any, str]] = [(content, "")]
    while left:
        value, name = left.pop()
        if isinstance(value, dict):
            name = next((str(value[k]) for k in NAME_KEYS if isinstance(value.get(k), str | int)), name)
            if "lattice" in value and "sites" in value:
                yield value, name
            else:
                left += [(v, name or _key(k)) for k, v in reversed(value.items()) if isinstance(v, dict | list)]
        elif isinstance(value, list):
            left += [(v, "" if len(value) > 1 else name) for v in reversed(value) if isinstance(v, dict | list)]


def _key(key: str) -> str:
    """The key of a mapping as a name of a crystal, unless it is one of a record's own."""
    return "" if key.startswith("@") or key in ("structure", "structures", "data", "entries", "results") else key


def _crystal(structure: Mapping[str, Any], name: str) -> Entry:
    try:
        lattice = _lattice(structure["lattice"])
        if isinstance(structure["lattice"], dict) and not all(structure["lattice"].get("pbc") or [True]):
            return Unreadable(name, "not periodic in three directions, by the `pbc` of its lattice")
        contents, remarks = contents_of(structure["sites"])
        coords = coordinates_of(structure["sites"], lattice)
        if any(len(content) > 1 or min(content.values()) < 1 for content in contents):
            return mixed_crystal(lattice, coords, contents, name, remarks)
        crystal = Crystal.of(lattice, coords, [number for (number,) in contents], name)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, np.linalg.LinAlgError) as error:
        kind = "" if type(error) is ValueError else f"{type(error).__name__}: "
        return Unreadable(name, f"not a readable structure: {kind}{first_line(error)}")
    return valid_crystal(replace(crystal, remarks=remarks))


def _lattice(values: Any) -> np.ndarray:
    if isinstance(values, dict) and "matrix" not in values:
        from pymatgen.core import Lattice

        return np.asarray(Lattice.from_parameters(*(float(values[k]) for k in PARAMETERS)).matrix)
    matrix = values["matrix"] if isinstance(values, dict) else values
    return np.array(matrix, dtype=np.float64).reshape(3, 3)
