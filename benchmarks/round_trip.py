"""Share of the crystals of the reference set, of at most 52 atoms, that their orbits reproduce.

Run from the root of the repository: ``python benchmarks/round_trip.py --data crystals.parquet`` (20 minutes of a core;
``--small``: seconds). A stopped run continues. The crystals that are not reproduced are listed with their reasons
in ``gen/data/reference-not-verified.csv``.
"""

from __future__ import annotations

import csv
from pathlib import Path

from figures import ROOT, folder, options, save, share

from electrolith.evaluation.metric import share as measured
from electrolith.gen.cell_limits import MAX_TRAINED_ATOMS
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import same_crystal
from electrolith.gen.data.dataset import reference_set
from electrolith.gen.reading.read_crystals import read_crystals
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.parallel.ordered_pool import in_order

LISTED = ROOT / "gen" / "data" / "reference-not-verified.csv"


def fault(crystal: Crystal) -> tuple[str, str, str]:
    """Name, formula, and why the orbits in the reference set do not reproduce the crystal; empty if they do."""
    orbits = reference_set()[PLACES[crystal.name]]
    try:
        back = crystal_of(orbits, primitive=True)
        if same_crystal(crystal, back):
            return crystal.name, crystal.formula, ""
        return crystal.name, crystal.formula, f"StructureMatcher finds another crystal: {orbits.label}"
    except Exception as error:  # noqa: BLE001  a row that cannot be compared is listed
        return crystal.name, crystal.formula, f"{type(error).__name__}: {error}"


PLACES = {str(name): k for k, name in enumerate(reference_set().ids)}

if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="crystals.parquet, or any file or folder of crystals with the names of the reference set",
    )
    args = parser.parse_args()
    place = folder(args)
    atoms = reference_set().n_atoms
    rows = [c for c in read_crystals(args.data) if isinstance(c, Crystal)]
    missing = [c.name for c in rows if c.name not in PLACES]
    rows = [c for c in rows if c.name in PLACES and atoms[PLACES[c.name]] <= MAX_TRAINED_ATOMS]
    rows = rows[:500:100] if args.small else rows
    done_file = place / "round-trip.csv"
    if args.again:
        done_file.unlink(missing_ok=True)
    done_file.touch()
    with done_file.open(newline="", encoding="utf-8") as stream:
        known = {name: (formula, reason) for name, formula, reason in csv.reader(stream)}
    left = [c for c in rows if c.name not in known]
    with done_file.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        for k, row in enumerate(in_order(fault, left, args.workers or 1)):
            writer.writerow(row)
            known[row[0]] = row[1:]
            if k % 1000 == 0:
                stream.flush()
                print(f"{k} of {len(left)}", flush=True)
    faults = [(name, *known[name]) for name in (c.name for c in rows) if known[name][1]]
    if not args.small:
        with LISTED.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("name", "formula", "reason"), *faults])
    reproduced = [not known[c.name][1] for c in rows]
    measure = measured("round_trip", reproduced, "crystals that their orbits reproduce")
    words = f"crystals of at most {MAX_TRAINED_ATOMS} atoms that their orbits reproduce"
    remark = f"{len(missing)} rows of the source have no orbits; the {len(faults)} that differ are listed with reasons"
    save("round_trip", [share(measure, words, 0.995, remark=remark)], args)
