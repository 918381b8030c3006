"""Match rate and RMSE of structure prediction for 300 formulas of the test split, which the models have not seen.

With ``--data crystals.parquet`` also for crystals of two public test sets, which are all in the test split. The number
of atoms is given with the formula (``z``), as everywhere in the field. Run from the root of the repository:
``python benchmarks/structure_prediction.py`` (one core: two hours, four with ``--data``, ``--quick`` half an hour;
``--small``: a minute). A stopped run continues.
"""

from __future__ import annotations

import json
import math
import warnings
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from figures import Figure, folder, number, options, save, share

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
    """A measurement.

    symbol   meaning
    group    whether the space group is given
    tries    crystals for each formula
    bars     of the first try and of the best of all; None: no bar
    origin   of the crystals in the source of the reference set; empty: 300 formulas of the test split
    n        number of crystals
    remark   on the match rate
    steps    network evaluations of a candidate; None: the default
    """

    name: str
    group: bool
    tries: int
    bars: tuple[float | None, float | None]
    origin: str = ""
    n: int = N
    remark: str = ""
    steps: int | None = None


OWN_SET = "published, each model on its own training set: "
KINDS = (
    Kind("with the space group", True, 1, (0.72, 0.72)),
    Kind("formula only, one crystal", False, 1, (0.55, 0.55)),
    Kind("formula only", False, TRIES, (None, 0.85)),
)
PUBLIC = (
    Kind("MP-20 test rows", False, 1, (0.68, 0.68), "mp20:mp_20_biternary/test", 1000, OWN_SET + "66 to 68 %"),
    Kind("MPTS-52 test rows", False, 1, (0.33, 0.33), "mpts_52/test", 500, OWN_SET + "31.7 %"),
)


def public_rows(source: Path, kind: Kind) -> list[tuple[Crystal, int]]:
    """Crystals of an origin, drawn with a fixed seed, that the reference set has; all must be in its test split.

    Raises ``ValueError`` if one is not, or if the training split has its formula with its space group.
    """
    import pandas as pd

    rows = pd.read_parquet(source, columns=["material_id", "origin"])
    reference = reference_set()
    names = set(rows.loc[rows["origin"] == kind.origin, "material_id"])
    places = [k for k, name in enumerate(reference.ids.tolist()) if name in names]
    chosen = np.sort(np.random.default_rng(0).permutation(places)[: kind.n])
    crystals = [crystal_of(reference[int(i)], str(reference.ids[i]), primitive=True) for i in chosen]
    if (reference.split[chosen] != SPLITS.index("test")).any():
        raise ValueError(f"{kind.name}: not all rows are in the test split")
    train = np.flatnonzero(reference.split == SPLITS.index("train"))
    seen = {(formula(int(i)), int(reference.space_group[i])) for i in train}
    found = [(formula(int(i)), int(reference.space_group[i])) for i in chosen]
    if not seen.isdisjoint(found):
        raise ValueError(f"{kind.name}: the training split has a formula of these rows in the same space group")
    return [(crystal, group) for crystal, (_, group) in zip(crystals, found, strict=True)]


def formula(row: int) -> tuple[tuple[int, int], ...]:
    """The reduced formula of a row of the reference set."""
    counts = reference_set()[row].composition
    divisor = math.gcd(*counts.values())
    return tuple(sorted((z, n // divisor) for z, n in counts.items()))


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
    for k, bar in sorted({1: kind.bars[0], kind.tries: kind.bars[1]}.items()):
        match, rmse = by_key[f"match_rate_{k}"], by_key[f"rmse_{k}"]
        words = f"structure prediction, {kind.name}: match at {k} {'try' if k == 1 else 'tries'}"
        figures.append(share(match, words, bar, remark=kind.remark))
        figures.append(number(f"{words}: RMSE", rmse.value, "", rmse.n, remark="over (volume per atom)^(1/3)"))
    return figures


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--data", type=Path, help="crystals.parquet: adds rows of public test sets")
    args = parser.parse_args()
    place = folder(args)
    chosen = list(truths(1 if args.small else N))
    figures = []
    for kind in (*KINDS[: 2 if args.quick else None], *(PUBLIC if args.data else ())):
        wanted = replace(kind, tries=min(kind.tries, 2), n=1, steps=5) if args.small else kind
        path = place / f"prediction-{kind.name.replace(' ', '-').replace(',', '')}.jsonl"
        rows = public_rows(args.data, wanted) if kind.origin else chosen
        figures += figures_of(wanted, distances(path, wanted, rows, args))
    save("structure_prediction", figures, args)
