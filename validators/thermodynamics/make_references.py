"""Fits the zeros of formation energies for a potential, and writes them where ``formation_energy`` looks for them.

``python -m electrolith.validators.thermodynamics.make_references crystals.parquet [sevenn-0] [-o F]``

The crystals need formation energies with the corrections of MP2020, energies above the hull, and a split. The energies
of the potential are kept in ``F.energies.jsonl``: a stopped run continues, also with more compounds of each element.
Delete that file when the zeros are good. CHGNet takes 10 minutes, slower potentials hours.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ...gen.atomic import write_atomic
from ...gen.errors import UserError
from ...gen.reading.read_crystals import Unreadable, read_crystals
from ..relaxation.potentials import CHGNET, potential_named
from .energy_journal import energies_of
from .zeros_file import zeros_file
from .zeros_fit import CHOSEN_BY, MAX_HULL_DISTANCE, SPLITS, chosen, table

PER_ELEMENT = 45  # compounds of each element in the fit
MAX_SITES = 20
NEEDED = {"formation_energy_per_atom", "energy_above_hull", "split"}  # columns of the crystals
INTERVAL = 10.0  # s between lines of progress


def fit(path: Path, potential: str, per_element: int, journal: Path) -> dict[str, Any]:
    """The table of the zeros of a potential, as JSON; energies are kept in ``journal``.

    Raises ``UserError`` for a potential that is not installed, and for crystals that allow no fit.
    """
    potential_named(potential)
    read = (c for c in read_crystals(path) if not isinstance(c, Unreadable))
    crystals = [c for c in read if len(c) <= MAX_SITES and set(c.info) >= NEEDED]
    sets = chosen(crystals, np.random.default_rng(0), per_element)
    every = [c for rows in sets.values() for c in rows]
    energies = iter(energies_of(every, potential, journal, Progress()).tolist())
    found = {name: [(c, next(energies)) for c in rows] for name, rows in sets.items()}
    found = {name: [(c, e) for c, e in rows if np.isfinite(e)] for name, rows in found.items()}
    for name in SPLITS:
        if not found[name]:
            raise UserError(
                f"{path} has no compounds of the split {name} with {', '.join(sorted(NEEDED))}, at most {MAX_SITES} "
                f"atoms and {MAX_HULL_DISTANCE} eV/atom above the hull that {potential} knows: the fit needs some."
            )
    return min((table(found, corrected, potential) for corrected in (True, False)), key=lambda t: float(t[CHOSEN_BY]))


class Progress:
    """Prints the number of finished crystals on stderr, at most once in ten seconds."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """Prints the counts, if it is time."""
        if time.monotonic() - self.last >= INTERVAL:
            self.last = time.monotonic()
            print(f"energies of {done:,} of {of:,} crystals", file=sys.stderr, flush=True)


def main() -> None:
    """Fits the zeros that the command line names, and writes them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("crystals", type=Path)
    parser.add_argument("potential", nargs="?", default=CHGNET)
    parser.add_argument("--per-element", type=int, default=PER_ELEMENT, help="compounds of each element in the fit")
    parser.add_argument("-o", "--out", type=Path, help="file of the zeros (where the potential's are looked for)")
    args = parser.parse_args()
    try:
        out = args.out or zeros_file(args.potential)
        zeros = fit(args.crystals, args.potential, args.per_element, out.with_name(f"{out.name}.energies.jsonl"))
        write_atomic(out, (json.dumps(zeros, indent=1) + "\n").encode())
    except UserError as error:
        sys.exit(f"electrolith: {error}")
    print(out, {name: value for name, value in zeros.items() if name != "energies"})


if __name__ == "__main__":
    main()
