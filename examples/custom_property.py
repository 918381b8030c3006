"""Teaches the surrogates a property that they do not know, and predicts it for new crystals (about half a minute).

The property is the packing fraction of spheres with covalent radii, computed for crystals of the reference set.
Replace it by your table. Run: ``python examples/custom_property.py [FOLDER]``.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

from ase.data import covalent_radii

from electrolith import Crystal, predict
from electrolith.gen.data.dataset import reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.prediction.finetune_folder import FinetuneSettings, finetune_to_folder, property_requests

ROWS, NEW = 60, 5
NAME = "packing_fraction"


def packing_fraction(crystal: Crystal) -> float:
    """Volume of spheres with covalent radii over the volume of the cell."""
    spheres = sum(4 / 3 * math.pi * covalent_radii[z] ** 3 for z in crystal.atomic_numbers)
    return float(spheres / crystal.volume)


def main(folder: Path) -> None:
    """Writes the table, trains, and compares predictions with the computed values."""
    folder.mkdir(parents=True, exist_ok=True)
    reference = reference_set()
    crystals = [crystal_of(reference[1000 * k], primitive=True) for k in range(ROWS + NEW)]
    table = folder / "packing.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["cif", NAME])
        rows.writerows([c.structure.to(fmt="cif"), packing_fraction(c)] for c in crystals[:ROWS])
    # steps=0: predictions only; the default of ``reference`` is better and takes a minute longer
    settings = FinetuneSettings(str(table), property_requests([NAME]), steps=0, reference=300)
    trained = finetune_to_folder(settings, folder / "checkpoint", overwrite=True)
    print(f"{trained.used} rows; error of predicting the mean {trained.guess[NAME]:.3f}")
    for crystal, found in zip(crystals[ROWS:], predict(crystals[ROWS:], trained.folder), strict=True):
        value = found.values[NAME]
        print(f"{crystal.formula:12s} {value.value:.2f} ± {value.spread:.2f}, computed {packing_fraction(crystal):.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "packing"))
