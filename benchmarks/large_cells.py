"""Cells of 53 to 200 atoms against those of 21 to 52: the requested space group, and the time of an atom.

Skeletons are those of known crystals, so that geometry, checks and files are measured whatever the skeleton model
knows; with weights for such cells whole crystals are generated, too. Run from the root of the repository:
``python benchmarks/large_cells.py`` (ten minutes of a core; ``--small``: seconds).
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from figures import Figure, arguments, number, save, share

from electrolith import Generator, Targets
from electrolith.evaluation.metric import share as share_of
from electrolith.gen.data.dataset import reference_set
from electrolith.gen.sampling.candidate import Candidate
from electrolith.gen.sampling.conditions import conditions_of
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.threads import one_thread
from electrolith.generation.acceptance import AcceptanceTest, Attempt
from electrolith.generation.cell_size_check import most_atoms_of
from electrolith.generation.records import GeneratedCrystal
from electrolith.generation.replacement_gate import with_heights
from electrolith.io.cif_writer import cif_text

USUAL, LARGE, N, GENERATED = (21, 52), (53, 200), 100, 40
AT_ONCE = 16
CHECKS = ("finite", "distances", "volume", "charge")  # the symmetry is what is measured


@dataclass(frozen=True)
class Made:
    """Crystals of one range of sizes, and the CPU time that they took.

    symbol     meaning                                                               unit
    found      for each crystal that passed the other checks, whether it has its group
    tried      candidates
    atoms      of all candidates, or of all crystals with those that they replaced
    seconds    CPU time of all
    """

    found: list[bool]
    tried: int
    atoms: int
    seconds: float

    @property
    def per_atom(self) -> float:
        """CPU milliseconds of an atom."""
        return 1000 * self.seconds / self.atoms


def known_skeletons(sizes: tuple[int, int], n: int) -> list[Skeleton]:
    """Skeletons of crystals of the reference set of these sizes."""
    data = reference_set()
    chosen = np.flatnonzero((data.n_atoms >= sizes[0]) & (data.n_atoms <= sizes[1]) & (data.heaviest <= 94))
    picked = (data[int(i)] for i in np.random.default_rng(0).permutation(chosen)[:n])
    return [Skeleton(o.space_group, tuple(o.positions.tolist()), tuple(o.elements.tolist()), 0.0) for o in picked]


def in_parts(skeletons: Sequence[Skeleton]) -> Iterator[Sequence[Skeleton]]:
    return (skeletons[start : start + AT_ONCE] for start in range(0, len(skeletons), AT_ONCE))


def on_known(sampler: CrystalSampler, sizes: tuple[int, int], n: int) -> Made:
    """Geometries on known skeletons, with everything that a run does with them."""
    acceptance = AcceptanceTest(CHECKS)
    skeletons = known_skeletons(sizes, n)
    found, begin = [], time.process_time()
    with one_thread("cpu"):
        for part in in_parts(skeletons):
            conditions, _ = conditions_of(sampler.properties, len(part), None)
            built = sampler.geometries.build(part, range(len(part)), conditions)
            outcomes = [acceptance(Candidate(k, orbits, 0.0), Attempt(k, 0, {})) for k, orbits in enumerate(built)]
            crystals = [one for one in with_heights(outcomes) if isinstance(one, GeneratedCrystal)]
            for one in crystals:
                cif_text(one.orbits, one.id)
                found.append(one.space_group_found == one.space_group_asked)
    seconds = time.process_time() - begin
    return Made(found, len(skeletons), sum(sum(s.composition.values()) for s in skeletons), seconds)


def generated(generator: Generator, sizes: tuple[int, int], n: int) -> Made:
    """Whole crystals: skeletons drawn as well, with the crystals that were replaced."""
    begin = time.process_time()
    crystals = generator.generate(n, Targets(n_atoms=sizes), seed=0, checks=CHECKS)
    seconds = time.process_time() - begin
    atoms = sum(one.orbits.n_atoms * (one.attempt + 1) for one in crystals)
    return Made([one.space_group_found == one.space_group_asked for one in crystals], len(crystals), atoms, seconds)


def figures_of(words: str, usual: Made, large: Made) -> list[Figure]:
    """The share with the requested group, and the time of an atom in large cells over that in usual ones."""
    passed = f"{len(large.found)} of {large.tried} pass the other checks"
    times = f"{usual.per_atom:.2f} ms and {large.per_atom:.2f} ms of one core an atom"
    ratio = large.per_atom / usual.per_atom
    group = share_of("group", large.found, "")
    return [
        share(group, f"cells of 53 to 200 atoms, {words}: requested space group found at 0.1 Å", 0.99, remark=passed),
        number(f"cells of 53 to 200 atoms, {words}: time of an atom over that in 21 to 52", ratio, "times", large.tried,
               at_most=1.3, remark=times),
    ]  # fmt: skip


def measured(args: Namespace) -> list[Figure]:
    usual, large = ((21, 24), (53, 54)) if args.small else (USUAL, LARGE)
    n, made = (2, 1) if args.small else (N, GENERATED)
    sampler = CrystalSampler.load(args.checkpoint or "default", "cpu")
    on_known(sampler, usual, 1)  # reads what is read once
    figures = figures_of("known skeletons", on_known(sampler, usual, n), on_known(sampler, large, n))
    if most_atoms_of(sampler) >= LARGE[1] and not args.quick:
        generator = Generator(sampler)
        pair = generated(generator, usual, made), generated(generator, large, made)
        figures += figures_of("whole crystals", *pair)
    return figures


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    save("large_cells", measured(args), args)
