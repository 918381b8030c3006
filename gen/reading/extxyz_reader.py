"""Crystals of an extended XYZ, frame by frame; an unreadable frame does not affect the others."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import numpy as np

from ..crystal import Crystal
from .cif_reader import Unreadable, first_line, valid_crystal

NAME_KEYS = ("id", "name", "material_id")


def crystals_of_extxyz(lines: Iterable[str], name: str) -> Iterator[Crystal | Unreadable]:
    """The crystals of an extended XYZ; a frame is named by its ``id``, ``name`` or ``material_id``, or by its number.

    Each frame starts with its number of atoms; where that number is damaged, the rest of the file is left out.
    """
    stream = iter(lines)
    number = 0
    for head in stream:
        if not head.strip():
            continue
        number += 1
        frame_name = f"{name}-{number}"
        try:
            count = int(head)
        except ValueError:
            yield Unreadable(frame_name, "a frame must start with its number of atoms; the file is not read further")
            return
        body = [line for _, line in zip(range(count + 1), stream, strict=False)]
        if len(body) < count + 1:
            yield Unreadable(frame_name, f"the file ends within the frame, which has {count} atoms by its first line")
            return
        yield _frame(head + "".join(line if line.endswith("\n") else line + "\n" for line in body), frame_name)


def _frame(text: str, name: str) -> Crystal | Unreadable:
    from ase.io.extxyz import read_xyz

    try:
        (atoms,) = read_xyz(io.StringIO(text), slice(None))
    except Exception as error:  # noqa: BLE001  ase raises what its parsing meets: ValueError, KeyError, XYZError, …
        return Unreadable(name, f"not a readable frame: {first_line(error)}")
    if len(atoms) == 0:
        return Unreadable(name, "it holds no atoms")
    if not atoms.pbc.all():
        return Unreadable(name, 'not periodic in three directions: give Lattice="…" (and pbc="T T T")')
    known = [str(atoms.info[key]) for key in NAME_KEYS if key in atoms.info]
    info = {key: value for key, value in atoms.info.items() if np.ndim(value) == 0}
    coords = atoms.get_scaled_positions(wrap=False)
    return valid_crystal(Crystal.of(atoms.cell.array, coords, atoms.numbers, known[0] if known else name, info))
