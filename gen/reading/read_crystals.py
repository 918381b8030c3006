"""Crystals from a path of any supported format; an unreadable entry is returned with its reason, not raised.

format                                  what is read
a CIF                                   each data block
a folder                                its CIFs; else those in ``cifs/`` (of ``generate``); else those at any depth
a zip                                   its CIFs, and its extended XYZs
an extended XYZ                         each frame
a CSV with a ``cif`` column             each row, other columns as properties (CDVAE, DiffCSP, MatterGen)
a parquet                               each row (atomic_numbers, frac_coords, lattice_parameters)
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..crystal import Crystal
from ..errors import UserError
from .cif_reader import Unreadable, crystals_of_cif
from .extxyz_reader import crystals_of_extxyz
from .table_readers import crystals_of_csv, crystals_of_parquet

__all__ = ["Unreadable", "read_crystals"]

XYZ = (".extxyz", ".xyz")


def read_crystals(path: str | Path) -> Iterator[Crystal | Unreadable]:
    """Crystals one after the other, in the order of the file or, in folders and zips, of their names.

    Raises ``UserError`` at once, before the first crystal, if the path does not exist, is empty or has another format.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise UserError(f"{path} is empty.")
    if suffix in (".cif", ".mcif"):
        return crystals_of_cif(_text(path), path.stem)
    if suffix in XYZ:
        return _extxyz(path)
    if suffix == ".csv":
        return crystals_of_csv(path)
    if suffix == ".parquet":
        return crystals_of_parquet(path)
    if suffix == ".zip":
        return _zip(path)
    raise UserError(f"{path} has an unknown format: give a CIF, folder or zip of CIFs, extxyz, CSV or parquet.")


def _folder(path: Path) -> Iterator[Crystal | Unreadable]:
    for pattern in ("*.cif", "cifs/*.cif", "**/*.cif"):
        files = sorted(file for file in path.glob(pattern) if file.is_file())
        if files:
            return (crystal for file in files for crystal in crystals_of_cif(_text(file), file.stem))
    raise UserError(f"{path} holds no CIFs (files that end in .cif).")


def _zip(path: Path) -> Iterator[Crystal | Unreadable]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(f"{path} is not a readable zip: {error}") from error
    members = sorted(m for m in archive.namelist() if m.lower().endswith((".cif", *XYZ)) and "__MACOSX" not in m)
    if not members:
        archive.close()
        raise UserError(f"{path} holds no CIFs (files that end in .cif).")
    return _members(archive, members)


def _members(archive: zipfile.ZipFile, members: list[str]) -> Iterator[Crystal | Unreadable]:
    with archive:
        for member in members:
            name = Path(member).stem
            try:
                text = archive.read(member).decode("utf-8", errors="replace")
            except (zipfile.BadZipFile, RuntimeError, OSError) as error:  # damaged, or encrypted
                yield Unreadable(name, f"cannot be taken from the zip: {error}")
                continue
            if member.lower().endswith(XYZ):
                yield from crystals_of_extxyz(io.StringIO(text), name)
            else:
                yield from crystals_of_cif(text, name)


def _extxyz(path: Path) -> Iterator[Crystal | Unreadable]:
    with path.open(encoding="utf-8", errors="replace") as stream:
        yield from crystals_of_extxyz(stream, path.stem)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
