"""Makes training data away from the minima of the energy: the structure surrogate judges such crystals, too.

``python -m electrolith.prediction.make_distorted_crystals -o distorted.npz --potential sevenn-0 [-n 7000]`` takes known
crystals of the training split and gives each a geometry that the geometry model drew in one try, one that it settled
besides, and a strained and displaced one. The energy above the hull of a distorted crystal is the known one of its
origin plus the difference of both by the potential. A stopped run continues with the energies in OUT.energies.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from ..gen.atomic import atomic_path
from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.properties import SHIPPED
from ..gen.sampling.crystal_sampler import CrystalSampler
from ..gen.symmetry.orbits import crystal_of
from ..validators.relaxation.potential_energy import energy_per_atom
from .distorted_crystals import ENERGIES, Distorted, distorted, origins

LOWEST, HIGHEST = -0.05, 3.0  # eV/atom above its origin: lower means that the potential knows another ground state


def labelled(crystals: list[Distorted], potential: str, kept: Path) -> OrbitDataset:
    """The crystals with their energies, as training data; ``kept`` holds the energies of a stopped run."""
    data, energies = reference_set(), _energies(crystals, potential, kept)
    rise = np.array([energies[one.id] - energies[f"{one.origin}|origin"] for one in crystals])
    usable = np.flatnonzero((rise > LOWEST) & (rise < HIGHEST))  # NaN is not
    chosen = [crystals[k] for k in usable]
    properties = np.full((len(chosen), len(SHIPPED)), np.nan)
    for name in ENERGIES:
        column = SHIPPED.column(name)
        properties[:, column] = data.properties[[one.origin for one in chosen], column] + rise[usable]
    split = np.full(len(chosen), SPLITS.index("train"))
    return OrbitDataset.of([one.orbits for one in chosen], [one.id for one in chosen], properties, split)


def _energies(crystals: list[Distorted], potential: str, kept: Path) -> dict[str, float]:
    """Energies of the crystals and of their origins, eV/atom, by name; NaN for unphysical ones."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    energies = dict(json.loads(line) for line in lines)
    data = reference_set()
    todo = {one.id: one.orbits for one in crystals} | {f"{one.origin}|origin": data[one.origin] for one in crystals}
    with kept.open("a", encoding="utf-8") as file:
        for number, (name, orbits) in enumerate(todo.items()):
            if name not in energies:
                energies[name] = energy_per_atom(crystal_of(orbits, primitive=True), potential)
                file.write(json.dumps([name, energies[name]]) + "\n")
                file.flush()
            if number % 500 == 0:
                print(f"{number} of {len(todo)} energies", flush=True)
    return energies


def main() -> None:
    """Runs the command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--potential", required=True)
    parser.add_argument("-n", type=int, default=7000, help="known crystals to distort")
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    crystals = list(distorted(origins(args.n, rng), CrystalSampler.load(), rng))
    found = labelled(crystals, args.potential, args.out.with_suffix(".energies"))
    with atomic_path(args.out) as part, part.open("wb") as file:
        OrbitDataset.joined([reference_set(), found]).save(file)
    print(f"{len(found)} distorted crystals beside {len(reference_set())} known ones")


if __name__ == "__main__":
    main()
