"""Writes migration barriers of both definitions for a data set of crystals; a second call goes on where it ended.

``python -m electrolith.validators.transport.make_barriers crystals.parquet -o barriers.csv [--ion Na] [--largest 60]``

column                          meaning                                                             unit
material_id, nsites             of the crystal as read
E_1D, E_2D, E_3D                above the lowest point of the site energy: labels of ``li_barrier``  eV
occupied_1D, …_2D, …_3D         above the highest occupied site: of the check ``barrier``            eV
reason                          why there are none

Energies are ``inf`` without a path below 10 eV. The surrogates and data sets of the package mean ``E_…``. To train on
the other definition, give its columns the names of the first one, build the data set, and train all weights anew.
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
from .migration_barriers import migration_barriers
from .softbv_parameters import NoSiteEnergy

LOWEST, OCCUPIED = ("E_1D", "E_2D", "E_3D"), ("occupied_1D", "occupied_2D", "occupied_3D")
COLUMNS = ("material_id", "nsites", *LOWEST, *OCCUPIED, "reason")
LARGEST = 60  # atoms in the primitive cell


def row_of(crystal: Crystal, ion: MobileIon = LITHIUM_ION, largest: int = LARGEST) -> dict[str, object]:
    """The row of a crystal that holds the ion."""
    row: dict[str, object] = {"material_id": crystal.name, "nsites": len(crystal)}
    cell = primitive_cell(crystal)
    if len(cell) > largest:
        return row | {"reason": f"more than {largest} atoms in the primitive cell"}
    try:
        found = migration_barriers(cell, RESOLUTION, ion)
    except NoSiteEnergy as unknown:
        return row | {"reason": str(unknown)}
    barriers = (*found.from_lowest, *found.from_occupied)
    return row | {name: f"{barrier:.4f}" for name, barrier in zip((*LOWEST, *OCCUPIED), barriers, strict=True)}


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
