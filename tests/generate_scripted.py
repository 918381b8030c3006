"""Scripted models for tests of a run: a sampler that draws from a dozen known crystals, and their predictions.

The sampler fails as models do: no candidate, numbers that are not finite, a collapsed cell. Run as a program, this is
the command line with this sampler; each candidate takes ``DELAY`` seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

import numpy as np

from electrolith.gen.crystal import Crystal
from electrolith.gen.sampling.candidate import Candidate, Relax, relax_all
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.constraints import Constraints
from electrolith.gen.symmetry.lattice import coordinates_from_lattice
from electrolith.gen.symmetry.orbits import Orbits
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.prediction.prediction import Predicted, Value

HALIDES = {  # rock salt: atomic numbers, edge in Å
    (3, 9): 4.03, (3, 17): 5.14, (3, 35): 5.50, (11, 9): 4.63, (11, 17): 5.64, (11, 35): 5.97,
    (19, 9): 5.34, (19, 17): 6.29, (19, 35): 6.60,
}  # fmt: skip


def orbits(group: int, edges: tuple[float, float, float], sites: Sequence[tuple[int, int, float]]) -> Orbits:
    """Orbits from (number of the Wyckoff letter, element, x) of each."""
    tables = wyckoff_tables()
    positions = np.array([tables.position_start[group] + letter for letter, _, _ in sites])
    theta = np.array([[x, 0.0, 0.0] for _, _, x in sites])
    lattice = coordinates_from_lattice(np.diag(edges), group)
    return Orbits(group, positions, np.array([z for _, z, _ in sites]), theta, lattice)


KNOWN = [orbits(225, (a, a, a), [(0, one, 0), (1, other, 0)]) for (one, other), a in HALIDES.items()]
KNOWN += [
    orbits(225, (4.62,) * 3, [(0, 8, 0), (2, 3, 0)]),
    orbits(221, (3.905,) * 3, [(0, 38, 0), (1, 22, 0), (2, 8, 0)]),
]
KNOWN += [orbits(136, (4.594, 4.594, 2.959), [(0, 22, 0), (5, 8, 0.305)])]


def predict(crystals: Sequence[Crystal], checkpoint: object = None) -> list[Predicted]:
    """A bulk modulus that is inverse to the volume per atom, and a band gap of 1 eV for each halogen atom."""
    return [
        Predicted(
            crystal.name,
            crystal.formula,
            {
                "bulk_modulus": Value(1000 * len(crystal) / crystal.volume, 0.1),
                "band_gap": Value(float(np.isin(crystal.atomic_numbers, (9, 17, 35)).sum()), 0.3, "as scripted"),
            },
        )
        for crystal in crystals
    ]


class Scripted:
    """Draws one of the known crystals, with edges up to 3 % longer or shorter."""

    device = "cpu"
    hashes: Mapping[str, str] = {"by heart": "00"}

    def __init__(self, delay: float = 0.0, fail: bool = True) -> None:
        self.delay, self.fail = delay, fail

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = 50,
        guidance: float = 2.0,
        skeleton_penalty: object = None,
        crystal_penalty: object = None,
        relax: Relax | None = None,
        kinds: object = None,
        temperature: float = 1.0,
    ) -> list[Candidate]:
        fitting = [o for o in KNOWN if not constraints.space_groups or o.space_group in constraints.space_groups]
        return relax_all([self._one(seed, fitting) for seed in seeds], relax)

    def _one(self, seed: int, fitting: list[Orbits]) -> Candidate:
        time.sleep(self.delay)
        rng = np.random.default_rng(seed)
        luck = rng.random() if self.fail else 1.0
        if luck < 0.1 or not fitting:
            return Candidate(seed, None, float("nan"), "nothing fits")
        known = fitting[int(rng.integers(len(fitting)))]
        lattice = known.lattice + np.eye(6)[0] * rng.uniform(-0.03, 0.03)
        if luck < 0.2:
            lattice = lattice * np.nan
        elif luck < 0.3:
            lattice = lattice - np.eye(6)[0] * 2.0
        orbits = Orbits(known.space_group, known.positions, known.elements, known.theta, lattice)
        return Candidate(seed, orbits, -2.0 * len(known.positions))


if __name__ == "__main__":
    from electrolith.cli import app as cli
    from electrolith.prediction import prediction

    prediction.predict = predict
    CrystalSampler.load = lambda *_: Scripted(float(os.environ.get("DELAY", "0")))
    cli.main()
