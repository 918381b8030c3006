"""Crystals of an extended XYZ, frame by frame; an unreadable frame does not affect the others.

The columns are those of the comment line: ``Lattice`` (a, b, c after each other, Å), ``Properties`` (with species and
pos, Å), ``pbc``, and any others, which become ``info``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..crystal import Crystal
from .cif_reader import Unreadable, first_line, valid_crystal
from .element_symbols import numbers_of
from .occupancies import KEYS, remarks_on_arrays
from .part import Entry, Part
from .source import LARGEST_ENTRY, Source, in_units

NAME_KEYS = ("id", "name", "material_id")
PERIODIC = ("pbc", "periodic", "periodicity")
LONGEST_COMMENT = 1_000_000  # characters; ase takes seconds for each million
NO_FRAME = "a frame must start with its number of atoms; the file is not read further"
NO_CELL = 'not periodic in three directions: give Lattice="…" (and pbc="T T T")'
PROPERTIES = "species:S:1:pos:R:3"  # where the comment line has none
LEAST_ROW = len("H 0 0 0\n")  # characters


def frames_of(source: Source) -> Iterator[Part]:
    """The frames; each is named by its ``id``, ``name`` or ``material_id``, or by its number.

    A frame starts with its number of atoms; where that number is damaged, the rest of the file is left out.
    """
    with source.lines() as lines:
        number = 0
        for head in lines:
            if not head.strip():
                continue
            number += 1
            name = f"{source.name}-{number}"
            count = int(head) if re.fullmatch(r"\s*\d{1,12}\s*", head) else None
            if count is None:
                yield _refused(name, NO_FRAME)
                return
            if count * LEAST_ROW > LARGEST_ENTRY:
                yield _refused(
                    name, f"it has {count:,} atoms by its first line: too large; the file is not read further"
                )
                return
            body, size = [], 0
            for line in lines:
                body.append(line)
                size += len(line)
                if len(body) == count + 1 or size > LARGEST_ENTRY:
                    break
            if size > LARGEST_ENTRY:
                yield _refused(name, f"it has more than {in_units(LARGEST_ENTRY)}; the file is not read further")
                return
            if len(body) < count + 1:
                yield _refused(name, f"the file ends within the frame, which has {count} atoms by its first line")
                return
            yield Part(name, partial(_frame, body[0], body[1:], name))


def _refused(name: str, reason: str) -> Part:
    return Part(name, lambda: [Unreadable(name, reason)])


def _frame(comment: str, rows: list[str], name: str) -> Iterator[Entry]:
    from ase.io.extxyz import key_val_str_to_dict

    if len(comment) > LONGEST_COMMENT:
        yield Unreadable(name, f"its comment line has more than {in_units(LONGEST_COMMENT)}: too large to read")
        return
    try:
        info = key_val_str_to_dict(comment)
        name = next((str(info[key]) for key in NAME_KEYS if key in info), name)
        yield _crystal(info, rows, name)
    except Exception as error:  # noqa: BLE001  ase raises what its parsing meets: ValueError, KeyError, …
        yield Unreadable(name, f"not a readable frame: {first_line(error)}")


def _crystal(info: dict[str, Any], rows: list[str], name: str) -> Entry:
    if not rows:
        return Unreadable(name, "it holds no atoms")
    if "Lattice" not in info or not all(_is_periodic(value) for key, value in info.items() if key.lower() in PERIODIC):
        return Unreadable(name, NO_CELL)
    lattice = np.asarray(info["Lattice"], dtype=np.float64).reshape(3, 3).T  # ase returns vectors as columns
    columns, width = _columns(str(info.get("Properties", PROPERTIES)))
    species = next((columns[key] for key in ("species", "Z", "numbers") if key in columns), None)
    if species is None or "pos" not in columns:
        raise ValueError(f"Properties={info['Properties'][:80]} lacks species or pos")
    start = columns["pos"]
    cells = [row.split() for row in rows]
    if short := next((number for number, row in enumerate(cells, start=1) if len(row) < width), 0):
        raise ValueError(f"atom {short} has {len(cells[short - 1])} columns, not {width}")
    symbols = [row[species] for row in cells]
    numbers, remarks = ([int(s) for s in symbols], tuple[str, ...]()) if symbols[0].isdigit() else numbers_of(symbols)
    occupancies = {key: [row[place] for row in cells] for key, place in columns.items() if key.lower() in KEYS}
    remarks += remarks_on_arrays(info, occupancies)
    positions = np.array([row[start : start + 3] for row in cells], dtype=np.float64)
    if not np.isfinite(lattice).all() or abs(np.linalg.det(lattice)) < 1e-3:
        return Unreadable(name, "the cell is flat or not finite: its vectors a, b and c span no volume")
    others = {key: value for key, value in info.items() if np.ndim(value) == 0}
    crystal = Crystal.of(lattice, np.linalg.solve(lattice.T, positions.T).T, numbers, name, others)
    return valid_crystal(replace(crystal, remarks=remarks))


def _is_periodic(value: Any) -> bool:
    """Whether a value of ``pbc`` stands for all three directions: true, ``T T T``, ``1 1 1``."""
    words = value.replace(",", " ").split() if isinstance(value, str) else np.ravel(value).tolist()
    return len(words) in (1, 3) and all(str(word).lower() in ("t", "true", "1", "yes") for word in words)


def _columns(properties: str) -> tuple[dict[str, int], int]:
    """The first column of each property, and the number of columns of a row."""
    words = properties.split(":")
    place, columns = 0, {}
    for key, count in zip(words[::3], words[2::3], strict=True):
        columns[key] = place
        if not 0 < int(count) < 10_000:
            raise ValueError(f"Properties={properties[:80]} has a wrong number of columns")
        place += int(count)
    return columns, place
