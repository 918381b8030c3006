"""Crystals of formats that ASE reads. Formats whose readers can run code, or programs, are left out."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..crystal import Crystal
from .cif_reader import Unreadable, crystal_of_structure, first_line, valid_crystal
from .occupancies import remarks_on_arrays
from .part import Entry, Part
from .res_reader import crystal_of_res
from .source import Source

TEXT_FORMATS = {"xsf": "xsf", "gen": "gen", "cfg": "cfg", "xdatcar": "vasp-xdatcar"}  # kind → ASE's name of the format
HAS_SYMMETRY = "it lists one atom of each orbit and operations, which are not read from this format: convert it to CIF"
OLD_TRAJECTORY = "a trajectory of ASE before 3.9 can run code: convert it with `ase convert`, where you trust it"


def images_of(source: Source) -> Iterator[Part]:
    """The images of a file in one of ``TEXT_FORMATS``, of AIRSS, CSSR, or a trajectory or database of ASE."""
    readers = {"traj": _trajectory, "db": rows_of_database, "res": _airss, "cssr": _cssr}
    read = readers.get(source.kind, _text)
    yield Part(source.name, partial(read, source))


def _text(source: Source) -> Iterator[Entry]:
    from ase.io import read

    images = read(io.StringIO(source.text()), index=":", format=TEXT_FORMATS[source.kind])
    yield from _crystals(images, source.name)


def _airss(source: Source) -> Iterator[Entry]:
    yield crystal_of_res(source.text(), source.name)


def _cssr(source: Source) -> Iterator[Entry]:
    from pymatgen.io.cssr import Cssr

    text = source.text()
    group = re.search(r"SPGR\s*=?\s*(\d+)", text[:1000], re.IGNORECASE)
    if group and int(group[1]) != 1:
        yield Unreadable(source.name, HAS_SYMMETRY)
    else:
        yield crystal_of_structure(Cssr.from_str(text).structure, source.name)


def _trajectory(source: Source) -> Iterator[Entry]:
    from ase.io.trajectory import TrajectoryReader

    with _on_disk(source, ".traj") as path:
        if not path.read_bytes()[:8].startswith(b"- of Ulm"):
            yield Unreadable(source.name, f"not a trajectory of ASE; {OLD_TRAJECTORY}")
            return
        with TrajectoryReader(str(path)) as images:
            yield from _crystals(images, source.name)


def rows_of_database(source: Source) -> Iterator[Entry]:
    """The rows of a database of ASE, in SQLite or JSON."""
    from ase.db import connect

    with _on_disk(source, f".{source.kind}") as path:
        database = connect(str(path), type=source.kind, use_lock_file=False)
        yield from _crystals((row.toatoms() for row in database.select()), source.name)


@contextmanager
def _on_disk(source: Source, suffix: str) -> Iterator[Path]:
    """A copy, since ASE opens these formats by name, and some for writing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"copy{suffix}"
        path.write_bytes(source.data())
        yield path


def _crystals(images: Iterable[Any], name: str) -> Iterator[Entry]:
    count = 0
    for count, atoms in enumerate(images, start=1):
        yield crystal_of_atoms(atoms, name if count == 1 else f"{name}-{count}")
    if count == 0:
        yield Unreadable(name, "it holds no atoms")


def crystal_of_atoms(atoms: Any, name: str) -> Entry:
    """ASE's atoms as a crystal, or the reason why they are not one."""
    cell = np.asarray(atoms.cell.array)
    if not atoms.pbc.all():
        return Unreadable(name, "not periodic in three directions")
    if not np.isfinite(cell).all() or abs(np.linalg.det(cell)) < 1e-3:
        return Unreadable(name, "it has no cell, or a flat one")
    try:
        remarks = remarks_on_arrays(atoms.info, atoms.arrays)
        crystal = Crystal.of(cell, np.linalg.solve(cell.T, atoms.positions.T).T, atoms.numbers, name)
    except (ValueError, TypeError) as error:
        return Unreadable(name, first_line(error))
    return valid_crystal(
        replace(crystal, remarks=remarks, info={k: v for k, v in atoms.info.items() if np.ndim(v) == 0})
    )
