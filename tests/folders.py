"""Folders of crystals for tests: plain CIFs, and runs as ``electrolith generate`` leaves them."""

from __future__ import annotations

from pathlib import Path

from pymatgen.io.cif import CifWriter

from electrolith.gen.crystal import Crystal


def write_cifs(folder: Path, **crystals: Crystal) -> Path:
    """A folder with a CIF of each crystal."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, crystal in crystals.items():
        (folder / f"{name}.cif").write_text(str(CifWriter(crystal.structure)))
    return folder


def write_run(folder: Path, targets: str, table: str = "", **crystals: Crystal) -> Path:
    """A run with these targets (YAML), this ``crystals.csv`` and these crystals."""
    write_cifs(folder / "cifs", **crystals)
    (folder / "run.yaml").write_text(f"settings:\n  n: {len(crystals)}\n  targets: {targets}\n")
    if table:
        (folder / "crystals.csv").write_text(table)
    return folder
