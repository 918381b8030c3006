"""Crystals from a path of any supported format; an unreadable entry is returned with its reason, not raised.

format                                  what is read
a CIF (.cif, .mcif)                     each data block
a POSCAR or CONTCAR (also .vasp)        its crystal
an extended XYZ                         each frame
a JSON of pymatgen or ASE               each structure, within lists and records too
.xsf .gen .res .cssr .traj .db          each image, through ASE (and pymatgen)
a CSV with a ``cif`` column             each row, other columns as properties (CDVAE, DiffCSP, MatterGen)
a parquet                               each row (atomic_numbers, frac_coords, lattice_parameters)
a zip or a tar                          its files of crystals; else its tables
a folder                                its files of crystals; else those in ``cifs/`` (of ``generate``); else those at
                                        any depth

Each file may be packed by gzip, bzip2 or xz. Text may be UTF-8, UTF-16 or Latin-1. The case of names does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .cif_reader import Unreadable
from .opened_input import open_input
from .part import Entry

__all__ = ["Reading", "Unreadable", "read_crystals"]


class Reading(Iterator[Entry]):
    """Crystals and unreadable entries one after the other; ``not_read``: the files in a folder or archive left out."""

    def __init__(self, entries: Iterator[Entry], not_read: Sequence[str] = ()) -> None:
        self.entries, self.not_read = entries, not_read

    def __next__(self) -> Entry:
        return next(self.entries)


def read_crystals(path: str | Path) -> Reading:
    """Crystals one after the other, in the order of the file or, in folders and zips, of their names.

    Raises ``UserError`` at once, before the first crystal, if the path does not exist, is empty or has another format.
    This process reads, without a limit of time; ``io.limited_reading`` has one.
    """
    opened = open_input(Path(path))
    return Reading(opened.entries(), opened.not_read)
