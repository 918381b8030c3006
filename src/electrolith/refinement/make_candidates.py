"""Makes training data of own candidates, the rejected ones too: these are what surrogates judge in a run.

``python -m electrolith.refinement.make_candidates -o candidates.npz -n 1000`` generates 1,000 crystals and takes all
candidates on the way, some nine each.

- As they are, they train the candidate surrogate (``model: surrogate``): their energy above the hull is the predicted
  height by which the gate takes or rejects them, at most ``HIGHEST``.
- With ``--potential`` those that are predicted at most ``--below`` above the hull train the structure surrogate: their
  energies are those of the potential, without relaxation.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..conditioners.targets import Targets
from ..gen.atomic import atomic_path
from ..gen.data.dataset import SPLITS, OrbitDataset, reference_set
from ..gen.properties import SHIPPED
from ..gen.sampling.candidate import Candidate
from ..gen.symmetry.orbits import Orbits, crystal_of
from ..generation.attempt_candidates import surrogates_of
from ..generation.candidate_source import CandidateSource
from ..generation.generator import Generator
from ..generation.replacement_gate import predicted_heights
from ..validators.relaxation.potential_energy import energy_per_atom
from ..validators.thermodynamics.formation_energy import formation_energy, hull_distance

HIGHEST = 0.5  # eV/atom: how far above is of no use to the gate
HELD = (-0.5, 2.0)  # eV/atom: heights by a potential outside are errors of it
AT_ONCE, MOST_ATOMS = 100, 24  # crystals, atoms
ENERGIES = ("formation_energy_per_atom", "energy_above_hull")
REPEATED = {False: 8, True: 3}  # known crystals are ten times as many; with energies by a potential: True


@dataclass
class RecordingSampler:
    """A sampler that keeps all its candidates with a geometry."""

    sampler: CandidateSource
    kept: list[Orbits] = field(default_factory=list)

    def draw(self, *args: Any, **options: Any) -> list[Candidate]:
        """The candidates of the sampler."""
        found = self.sampler.draw(*args, **options)
        self.kept += [one.orbits for one in found if one.orbits is not None]
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sampler, name)


def candidates(sampler: CandidateSource, n: int, seed: int = 0) -> list[Orbits]:
    """All candidates on the way to ``n`` crystals of at most ``MOST_ATOMS`` atoms."""
    recording = RecordingSampler(sampler)
    for start in range(0, n, AT_ONCE):
        size = min(AT_ONCE, n - start)
        Generator(recording).generate(size, Targets(n_atoms=(1, MOST_ATOMS)), seed=seed + start)
        print(f"{start + size} of {n} crystals, {len(recording.kept)} candidates", flush=True)
    return recording.kept


def with_predicted_heights(orbits: Sequence[Orbits], weights: Path) -> OrbitDataset:
    """The candidates whose height can be predicted, with that height as their energy above the hull."""
    heights = np.array(predicted_heights(orbits, weights))
    chosen = np.flatnonzero(np.isfinite(heights))
    return _data([orbits[int(k)] for k in chosen], {"energy_above_hull": heights[chosen].clip(0.0, HIGHEST)})


def with_energies(orbits: Sequence[Orbits], weights: Path, potential: str, below: float) -> OrbitDataset:
    """The candidates predicted at most ``below`` eV/atom above the hull, with their energies by a potential."""
    chosen, found = [], []
    for one, height in zip(orbits, predicted_heights(orbits, weights), strict=True):
        if height <= below:
            crystal = crystal_of(one, primitive=True)
            energy = energy_per_atom(crystal, potential)
            pair = [measure(crystal, energy, potential) for measure in (formation_energy, hull_distance)]
            if HELD[0] < pair[1] < HELD[1]:  # NaN is not
                chosen.append(one)
                found.append(pair)
    return _data(chosen, dict(zip(ENERGIES, np.array(found).reshape(-1, 2).T, strict=True)))


def _data(orbits: Sequence[Orbits], values: dict[str, Any]) -> OrbitDataset:
    properties = np.full((len(orbits), len(SHIPPED)), np.nan)
    for name, column in values.items():
        properties[:, SHIPPED.column(name)] = column
    names = [f"candidate-{k}" for k in range(len(orbits))]
    return OrbitDataset.of(orbits, names, properties, np.full(len(orbits), SPLITS.index("train")))


def main() -> None:
    """Runs the command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("-n", type=int, default=1000, help="crystals to generate")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--checkpoint", default="default")
    parser.add_argument("--potential", help="computes energies with it")
    parser.add_argument("--below", type=float, default=0.15, help="eV/atom: predicted height of those computed")
    args = parser.parse_args()
    sampler = Generator.from_pretrained(args.checkpoint, "cpu").sampler
    weights, orbits = surrogates_of(sampler), candidates(sampler, args.n, args.seed)
    if args.potential:
        found = with_energies(orbits, weights, args.potential, args.below)
    else:
        found = with_predicted_heights(orbits, weights)
    with atomic_path(args.out) as part, part.open("wb") as file:
        OrbitDataset.joined([reference_set(), *[found] * REPEATED[bool(args.potential)]]).save(file)
    print(f"{len(found)} candidates beside {len(reference_set())} known crystals")


if __name__ == "__main__":
    main()
