"""Generates oxides of lithium in cubic space groups, prints their checks and writes them as CIFs (about 20 s).

Run: ``python examples/generate.py [FOLDER]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from electrolith import Generator, Targets


def main(folder: Path) -> None:
    """Writes each crystal to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = Targets(elements="Li,O", crystal_system="cubic", max_atoms=16)
    crystals = Generator.from_pretrained().generate(4, targets, seed=1)
    for crystal in crystals:
        print(f"{crystal.id}  {crystal.formula}  space group {crystal.space_group_found}")
        for verdict in crystal.verdicts:
            print(f"  {verdict.name:10s} {verdict.passed!s:6s} {verdict.reason}")
        crystal.structure.to(filename=str(folder / f"{crystal.id}.cif"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "cubic-oxides"))
