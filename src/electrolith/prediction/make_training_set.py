"""Makes the data set from which the skeleton model learns targets: labels, predictions, and generated crystals.

``python -m electrolith.prediction.make_training_set -o labelled.npz [RUN ...]`` takes the reference set, completes it,
and adds crystals of runs of ``electrolith generate`` with computed Li⁺ barriers: few known crystals have low barriers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..gen.cell_limits import MAX_ATOMS
from ..gen.crystal import Crystal
from ..gen.data.build_dataset import build
from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.elements import LITHIUM
from ..gen.properties import BARRIERS
from ..gen.reading.read_crystals import read_crystals
from ..validators.transport.barrier import RESOLUTION
from ..validators.transport.bond_valence import site_energy
from ..validators.transport.percolation import percolation_energies
from ..validators.transport.softbv_parameters import NoSiteEnergy
from .complete_labels import COMPLETED, complete_labels

# predicted for generated crystals besides
ALSO = ("energy_above_hull", "formation_energy_per_atom", "band_gap")


def generated_crystals(run: Path) -> OrbitDataset:
    """Crystals of a run that have Li⁺ barriers, with the barriers computed and the other properties predicted."""
    made = build(_with_barriers(run), verify=False).dataset
    made = replace(made, split=np.full(len(made), SPLITS.index("train")))
    return complete_labels(made, (*COMPLETED, *ALSO))


def _with_barriers(run: Path) -> Iterator[Crystal]:
    for crystal in read_crystals(run):
        if isinstance(crystal, Crystal) and (crystal.atomic_numbers == LITHIUM).any():
            try:
                barriers = percolation_energies(site_energy(crystal, RESOLUTION))
            except NoSiteEnergy:
                continue
            yield crystal.with_info(dict(zip(BARRIERS, barriers, strict=True)))


def main() -> None:
    """Runs the command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    reference = reference_set()
    able = (reference.split < SPLITS.index("test")) & (reference.n_atoms <= MAX_ATOMS)
    known = complete_labels(reference.take(able), watch=lambda done, of: print(f"{done} of {of}", flush=True))
    made = [generated_crystals(run) for run in args.runs]
    OrbitDataset.joined([known, *made]).save(args.out)
    print(f"{len(known)} known crystals, {sum(map(len, made))} generated ones")


if __name__ == "__main__":
    main()
