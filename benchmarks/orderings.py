"""Ordered models of disordered crystals: how many CIFs are read and ordered, and the best against exhaustive search.

``ELECTROLITH_OBELIX`` names the CIFs of OBELiX (a folder or zip): ``ELECTROLITH_OBELIX=train_cifs.zip python
benchmarks/orderings.py`` (an hour). Without it, and with ``--small``, two crystals that are written here.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from figures import Figure, arguments, save, share

from electrolith.disorder.average_cell import average_cell
from electrolith.disorder.cell_choice import NoOrderings
from electrolith.disorder.formal_charges import NoCharges
from electrolith.disorder.order_options import NONE, OrderOptions
from electrolith.disorder.ordering_energy import OrderingEnergy
from electrolith.disorder.ordering_ranks import ranked_orderings, static_energies
from electrolith.disorder.ordering_search import OrderingSearch
from electrolith.disorder.orderings import charges_of, order, ordered_crystal
from electrolith.disorder.rounding import rounded
from electrolith.disorder.supercell import supercell_of
from electrolith.evaluation.metric import share as share_of
from electrolith.gen.disordered_crystal import DisorderedCrystal
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals

CELLS = {  # of OBELiX train: primitive cells in the supercell; each has ten distinct orderings or more
    "122": 1, "9zr": 1, "1dm": 1, "3nb": 5, "6du": 4, "9wf": 2, "bjw": 3, "dvn": 3, "deu": 1, "ek5": 3, "gxz": 1,
    "hx7": 5, "ia5": 6, "jqc": 3, "kab": 2, "kmv": 1, "nhq": 2, "pg8": 1, "pwr": 1, "r99": 3, "tbu": 1, "uxi": 2,
    "yav": 3,
}  # fmt: skip
FIRST = 5  # models that ``order`` writes
LARGEST = 200  # atoms of the cells of which orderings are asked
TIE = 1e-4  # eV/atom


def small_crystals() -> dict[str, DisorderedCrystal]:
    """LiFeO2 and LiTiO2 in rock salt with mixed cations."""
    points = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    coords = np.concatenate([points, points + 0.5]) % 1.0
    sites = np.repeat([0, 1], 4)
    made = {}
    for name, z, a in (("LiFeO2", 26, 4.15), ("LiTiO2", 22, 4.14)):
        shares = ({3: 0.5, z: 0.5},) * 4 + ({8: 1.0},) * 4
        made[name] = DisorderedCrystal(np.eye(3) * a, coords, shares, sites, name=name)
    return made


def is_best_found(crystal: DisorderedCrystal, size: int) -> bool:
    """Whether the best of all distinct orderings in a supercell, by CHGNet, is among the first that are ranked."""
    cell = average_cell(crystal)
    charges = charges_of(cell)
    rounding = rounded(cell, size, charges)
    assert rounding is not None
    energy = OrderingEnergy(cell, rounding, supercell_of(cell, size), charges)
    found = OrderingSearch(energy).lowest(100_000)
    crystals = [ordered_crystal(energy, choice, str(k), crystal) for k, choice in enumerate(found.choices)]
    ewald = (found.energies / len(crystals[0])).tolist()
    options = OrderOptions(orderings=FIRST)
    kept = options.candidates
    first = ranked_orderings(crystals[:kept], ewald[:kept], options)
    best = float(np.nanmin(static_energies(crystals, options.potential)))
    return any(one.energy is not None and one.energy < best + TIE for one in first)


def orderable(crystals: Iterable[DisorderedCrystal]) -> dict[str, str]:
    """Why each crystal of at most ``LARGEST`` atoms has no orderings; empty where it has some."""
    found = {}
    for crystal in crystals:
        if sum(crystal.counts.values()) > LARGEST + 0.5:
            continue
        try:
            order(crystal, OrderOptions(potential=NONE))
            found[crystal.name] = ""
        except (NoOrderings, NoCharges) as error:
            found[crystal.name] = str(error)
    return found


def figures_of(args: argparse.Namespace) -> list[Figure]:
    """The figures."""
    source = os.environ.get("ELECTROLITH_OBELIX")
    if args.small or not source:
        crystals, cells = small_crystals(), {"LiFeO2": 4, "LiTiO2": 4}
        read = [True] * len(crystals)
    else:
        entries = list(read_crystals(Path(source)))
        read = [not isinstance(one, Unreadable) or one.disordered is not None for one in entries]
        mixed = [one.disordered for one in entries if isinstance(one, Unreadable) and one.disordered is not None]
        crystals, cells = {one.name: one for one in mixed}, CELLS
    reasons = orderable(crystals.values())
    neutral = [not reason for reason in reasons.values() if "neutral" not in reason]
    left = [name for name, reason in reasons.items() if reason]
    best = [is_best_found(crystals[name], size) for name, size in cells.items()]
    remark = f"without: {', '.join(left)}" if left else ""
    words = f"best of all orderings by CHGNet (not relaxed) among the first {FIRST}, small disordered cells"
    return [
        share(share_of("read", read, "read"), "CIFs that are read, ordered or disordered", at_least=1.0),
        share(
            share_of("ordered", neutral, "ordered"),
            f"cells of ≤ {LARGEST} atoms that can be neutral, ordered",
            0.95,
            remark=remark,
        ),
        share(share_of("best", best, "found"), words, at_least=0.9),
    ]


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save("orderings", figures_of(args), args)
