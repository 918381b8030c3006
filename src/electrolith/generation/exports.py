"""All crystals of a run in one file, under the file names of MatterGen."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols

from ..gen.atomic import atomic_file
from .records import GeneratedCrystal

NO_DATE = (1980, 1, 1, 0, 0, 0)  # the same crystals give the same file


def write_zip(path: Path, cifs: Iterable[Path]) -> None:
    """Writes CIFs to one archive."""
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for cif in cifs:
            entry = zipfile.ZipInfo(cif.name, NO_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, cif.read_bytes(), zipfile.ZIP_DEFLATED)


def write_extxyz(path: Path, crystals: Iterable[GeneratedCrystal]) -> None:
    """Writes crystals in ASE's extended XYZ: one frame per crystal, in its conventional cell."""
    with atomic_file(path) as file:
        for crystal in crystals:
            file.write(xyz_frame(crystal).encode())


def xyz_frame(generated: GeneratedCrystal) -> str:
    """One frame of extended XYZ: Cartesian positions in Å."""
    crystal = generated.crystal
    cell = " ".join(f"{x:.8f}" for x in crystal.lattice.ravel())
    info = f"id={generated.id} formula={generated.formula} space_group={generated.space_group_asked}"
    lines = [str(len(crystal)), f'Lattice="{cell}" Properties=species:S:1:pos:R:3 {info} pbc="T T T"']
    positions = np.asarray(crystal.frac_coords @ crystal.lattice)
    for number, (x, y, z) in zip(crystal.atomic_numbers, positions, strict=True):
        lines.append(f"{chemical_symbols[number]:<2} {x:15.8f} {y:15.8f} {z:15.8f}")
    return "\n".join(lines) + "\n"
