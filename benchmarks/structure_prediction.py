"""Match rate and RMSE of structure prediction for 300 formulas of the test split, which the models have not seen.

The number of atoms is given with the formula (``z``), as everywhere in the field. Run from the root of the repository:
``python benchmarks/structure_prediction.py`` (an hour; ``--small``: a minute). A stopped run continues.
"""

from __future__ import annotations

import json
import warnings
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from figures import Figure, arguments, folder, number, save, share

from electrolith import Generator, Targets
from electrolith.evaluation.evaluate_structure_prediction import prediction_measures, try_distances
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.parallel.ordered_pool import in_order

N, TRIES, MAX_ATOMS = 300, 20, 20
CHECKS = ("finite", "distances", "volume", "symmetry")  # the formula is given, so that charges are not checked


@dataclass(frozen=True)
class Kind:
    """Whether the space group is given, the number of tries, and the steps of the geometry model (None: default)."""

    name: str
    group: bool
    tries: int
    steps: int | None = None


KINDS = (Kind("with the space group", True, 1), Kind("formula only", False, TRIES, 10))


def truths(n: int) -> Iterator[tuple[Crystal, int]]:
    """Crystals of the test split with their space groups; no two have the same formula."""
    reference = reference_set()
    chosen = np.flatnonzero((reference.split == SPLITS.index("test")) & (reference.n_atoms <= MAX_ATOMS))
    formulas: set[str] = set()
    for i in np.random.default_rng(0).permutation(chosen):
        crystal = crystal_of(reference[int(i)], str(reference.ids[i]), primitive=True)
        if crystal.formula not in formulas:
            formulas.add(crystal.formula)
            yield crystal, int(reference.space_group[i])
        if len(formulas) == n:
            return


def predictions(generator: Generator, true: Crystal, group: int | None, kind: Kind) -> list[Crystal]:
    """The first crystals generated for the formula of ``true``."""
    _, units = true.composition.get_reduced_formula_and_factor()
    targets = Targets(formula=true.formula, z=int(units), space_group=group, max_atoms=len(true))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer crystals than tries: the missing ones count as misses
        generated = generator.generate(kind.tries, targets, seed=0, checks=CHECKS, steps=kind.steps)
    return [g.crystal for g in generated]


@cache
def pretrained(checkpoint: str) -> Generator:
    """The generator of this process."""
    return Generator.from_pretrained(checkpoint)


def attempt(checkpoint: str, kind: Kind, truth: tuple[Crystal, int]) -> list[float | None]:
    """Distance of every try to the true structure; a failure is printed and counts as a miss."""
    true, group = truth
    try:
        predicted = predictions(pretrained(checkpoint), true, group if kind.group else None, kind)
        return try_distances(true, predicted, kind.tries)
    except Exception as error:  # noqa: BLE001
        print(f"{true.name} {true.formula}: {error}")
        return []


def distances(
    path: Path, kind: Kind, chosen: Sequence[tuple[Crystal, int]], args: Namespace
) -> dict[str, list[float | None]]:
    """Distances of all tries for the chosen crystals; they are stored after each crystal."""
    known: dict[str, list[float | None]] = {}
    if path.exists() and not args.again:
        known = dict(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    left = [(true, group) for true, group in chosen if true.name not in known]
    mode = "w" if args.again else "a"
    with path.open(mode, encoding="utf-8") as stream:
        task = partial(attempt, args.checkpoint or "default", kind)
        for (true, _), found in zip(left, in_order(task, left, args.workers or 1), strict=True):
            known[true.name] = found
            stream.write(json.dumps([true.name, found]) + "\n")
            stream.flush()
    return {true.name: known[true.name] for true, _ in chosen}


def figures_of(kind: Kind, found: dict[str, list[float | None]]) -> list[Figure]:
    by_key = {m.key: m for m in prediction_measures(list(found.values()), kind.tries)}
    figures = []
    for k in sorted({1, kind.tries}):
        match, rmse = by_key[f"match_rate_{k}"], by_key[f"rmse_{k}"]
        words = f"structure prediction, {kind.name}: match at {k} {'try' if k == 1 else 'tries'}"
        figures.append(share(match, words, 0.60 if k == kind.tries else None))
        figures.append(number(f"{words}: RMSE", rmse.value, "", rmse.n, remark="over (volume per atom)^(1/3)"))
    return figures


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args)
    chosen = list(truths(1 if args.small else N))
    figures = []
    kinds = [replace(kind, tries=min(kind.tries, 2), steps=5) if args.small else kind for kind in KINDS]
    for kind in kinds[: 1 if args.quick else None]:
        path = place / f"prediction-{kind.name.replace(' ', '-')}.jsonl"
        figures += figures_of(kind, distances(path, kind, chosen, args))
    save("structure_prediction", figures, args)
