"""Match rate of geometries on the true skeletons of the test split: one try, and the best of five.

Only skeletons with a free coordinate count, for the others have but the cell to find. One try is one crystal as a run
makes it; five tries have five seeds. Run from the root of the repository: ``python benchmarks/true_skeletons.py``
(a quarter of an hour of a core; ``--small``: seconds). A stopped run continues.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
from figures import Figure, arguments, folder, number, save, share

from electrolith.evaluation.evaluate_structure_prediction import match_distance
from electrolith.evaluation.metric import share as share_of
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.sampling import STEPS
from electrolith.gen.sampling.conditions import conditions_of
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.skeleton.skeleton import Skeleton
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.gen.threads import one_thread
from electrolith.parallel.ordered_pool import in_order

N, TRIES, MAX_ATOMS, AT_ONCE = 500, 5, 20, 10


def chosen_rows(n: int, max_atoms: int = MAX_ATOMS) -> list[int]:
    """Crystals of the test split with a free coordinate."""
    data = reference_set()
    free = np.bincount(data.owner, wyckoff_tables().dof[data.positions] > 0, minlength=len(data)) > 0
    able = np.flatnonzero((data.split == SPLITS.index("test")) & (data.n_atoms <= max_atoms) & free)
    return sorted(int(i) for i in np.random.default_rng(0).permutation(able)[:n])


@cache
def pretrained(checkpoint: str) -> CrystalSampler:
    """The models of this process."""
    return CrystalSampler.load(checkpoint, "cpu")


def attempt(checkpoint: str, tries: int, rows: Sequence[int]) -> list[list[float | None]]:
    """Distance of every try to the true structure, for some rows of the reference set; None: no match."""
    sampler, data = pretrained(checkpoint), reference_set()
    known = [data[row] for row in rows]
    skeletons = [Skeleton(o.space_group, tuple(o.positions.tolist()), tuple(o.elements.tolist()), 0.0) for o in known]
    conditions, _ = conditions_of(sampler.properties, len(rows), None)
    out: list[list[float | None]] = [[] for _ in rows]
    for k in range(tries):
        seeds = [TRIES * row + k for row in rows]
        with one_thread("cpu"):
            built = sampler.geometries.build(skeletons, seeds, conditions, STEPS)
        for found, orbits, true in zip(out, built, known, strict=True):
            made = None if orbits is None else crystal_of(orbits, primitive=True)
            found.append(None if made is None else match_distance(made, crystal_of(true, primitive=True)))
    return out


def distances(rows: Sequence[int], tries: int, args: Namespace) -> list[list[float | None]]:
    """Distances of all tries for the rows; they are stored after each part."""
    path = folder(args) / "true-skeletons.jsonl"
    known: dict[int, list[float | None]] = {}
    if path.exists() and not args.again:
        known = dict(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    left = [row for row in rows if row not in known]
    parts = [left[start : start + AT_ONCE] for start in range(0, len(left), AT_ONCE)]
    with path.open("w" if args.again else "a", encoding="utf-8") as stream:
        task = partial(attempt, args.checkpoint or "default", tries)
        for part, found in zip(parts, in_order(task, parts, args.workers or 1), strict=True):
            known |= dict(zip(part, found, strict=True))
            stream.writelines(json.dumps([row, known[row]]) + "\n" for row in part)
            stream.flush()
    return [known[row] for row in rows]


def figures_of(found: Sequence[Sequence[float | None]], tries: int) -> list[Figure]:
    figures = []
    for k, bar in ((1, 0.68), (tries, 0.76)):
        best = [min((d for d in one[:k] if d is not None), default=None) for one in found]
        words = "geometry of the true skeleton, " + ("one try" if k == 1 else f"best of {k} tries")
        matched = [d for d in best if d is not None]
        figures.append(share(share_of("match", [d is not None for d in best], ""), f"{words}: match", bar))
        rmse = float(np.mean(matched)) if matched else float("nan")
        figures.append(number(f"{words}: RMSE", rmse, "", len(matched), remark="over (volume per atom)^(1/3)"))
    return figures


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    n, tries = (2, 2) if args.small else (N, TRIES)
    save(
        "true_skeletons",
        figures_of(distances(chosen_rows(n, 6 if args.small else MAX_ATOMS), tries, args), tries),
        args,
    )
