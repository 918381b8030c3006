"""Writes conductors.csv from OBELiX: ``python -m electrolith.validators.transport.make_conductors train.csv``.

OBELiX (Therrien et al., arXiv:2502.14234, 2025; CC-BY-4.0): 478 measured room-temperature conductivities. Changes: the
cell is reduced to its volume; spellings of families are unified, and families of one chemistry are joined; rows without
a family get one.
"""

import csv
import sys
from pathlib import Path

from pymatgen.core import Composition, Lattice

SPELLING = {
    "argyrodite": "argyrodites", "garnet-like": "garnet", "cholorides": "halides", "chlorides": "halides",
    "fluorides": "halides", "nitride": "nitrides", "boron nitride": "nitrides", "nitridosilicates": "nitrides",
    "diphosphate": "phosphates", "pyrophosphate": "phosphates", "LIPON": "phosphates", "fluorophosphates": "phosphates",
    "Tavorite": "phosphates", "zirconates": "oxides", "hexaoxometalates": "oxides", "sugilites": "oxides",
    "copper pyroborate": "borates", "fluorooxoborate": "borates", "boracites": "borates", "LGPS": "sulfides",
    "thio-LISICON": "sulfides", "thio-phosphate": "sulfides", "layered": "sulfides",
    "Chalcogenidotetrelates": "sulfides",
}  # fmt: skip


def family(row: dict[str, str], composition: Composition) -> str:
    elements = {e.symbol for e in composition}
    group = row["Space group"].strip()
    if group == "Ia-3d":
        return "garnet"
    if not row["Family"]:
        if "C" in elements:
            return "molecular"
        if "S" in elements:
            return "sulfides"
        return "NASICON" if group == "R-3c" else "oxides"
    if composition.reduced_formula == "LiBO2":
        return "borates"
    name = SPELLING.get(row["Family"], row["Family"])
    return "phosphides" if name == "phosphates" and "O" not in elements else name


def main(source: Path) -> None:
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with Path(__file__).with_name("conductors.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["id", "composition", "conductivity", "below", "space_group", "volume", "volume_per_atom", "family", "doi"]
        )
        for row in rows:
            name = row["Reduced Composition"].strip().replace("[", "(").replace("]", ")")
            reported = row["Ionic conductivity (S cm-1)"]
            volume = Lattice.from_parameters(*(float(row[k]) for k in ("a", "b", "c", "alpha", "beta", "gamma"))).volume
            per_atom = volume / Composition(row["True Composition"]).num_atoms
            values = [
                reported.lstrip("<"),
                int(reported.startswith("<")),
                row["Space group #"],
                f"{volume:.2f}",
                f"{per_atom:.3f}",
            ]
            writer.writerow([row["ID"], name, *values, family(row, Composition(name)), row["DOI"]])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
