"""Writes the migration barriers of a data set of crystals; a second call goes on where it ended.

``python -m electrolith.validators.transport.make_barriers crystals.parquet -o barriers.csv [--ion Na] [--largest 60]``

column               meaning                                                                   unit
material_id, nsites  of the crystal as read
E_1D, E_2D, E_3D     above the lowest point of the site energy, as the check ``barrier`` and    eV
                     the labels ``li_barrier_1d``, ``li_barrier_2d`` and ``li_barrier`` mean;
                     ``inf`` without a path below 10 eV
reason               why there are none
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from ...gen.crystal import Crystal
from ...gen.reading.read_crystals import read_crystals
from ...gen.symmetry.orbits import primitive_cell
from ..mobile_ions import LITHIUM_ION, MobileIon, mobile_ion_named
from .barrier import RESOLUTION
from .bond_valence import site_energy
from .percolation import percolation_energies
from .softbv_parameters import NoSiteEnergy

BARRIERS = ("E_1D", "E_2D", "E_3D")
COLUMNS = ("material_id", "nsites", *BARRIERS, "reason")
LARGEST = 60  # atoms in the primitive cell


def row_of(crystal: Crystal, ion: MobileIon = LITHIUM_ION, largest: int = LARGEST) -> dict[str, object]:
    """The row of a crystal that holds the ion."""
    row: dict[str, object] = {"material_id": crystal.name, "nsites": len(crystal)}
    cell = primitive_cell(crystal)
    if len(cell) > largest:
        return row | {"reason": f"more than {largest} atoms in the primitive cell"}
    try:
        found = percolation_energies(site_energy(cell, RESOLUTION, ion))
    except NoSiteEnergy as unknown:
        return row | {"reason": str(unknown)}
    return row | {name: f"{barrier:.4f}" for name, barrier in zip(BARRIERS, found, strict=True)}


def crystals_of(path: Path, ion: MobileIon, done: set[str]) -> Iterator[Crystal]:
    """The crystals with the ion that are not done yet."""
    for crystal in read_crystals(path):
        if isinstance(crystal, Crystal) and crystal.name not in done:
            mobile = crystal.atomic_numbers == ion.number
            if mobile.any() and not mobile.all():
                yield crystal


def main() -> None:
    """Runs the command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("crystals", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--ion", default=LITHIUM_ION.symbol)
    parser.add_argument("--largest", type=int, default=LARGEST)
    args = parser.parse_args()
    ion = mobile_ion_named(args.ion)
    done: set[str] = set()
    if args.out.is_file():
        with args.out.open(encoding="utf-8", newline="") as stream:
            done = {row["material_id"] for row in csv.DictReader(stream)}
    with args.out.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        if not done:
            writer.writeheader()
        for crystal in crystals_of(args.crystals, ion, done):
            writer.writerow(row_of(crystal, ion, args.largest))
            stream.flush()


if __name__ == "__main__":
    main()
