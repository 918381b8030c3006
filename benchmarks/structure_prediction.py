"""Composition → structure: 300 formulas of the test split, one crystal each, that the models have not seen.

The number of atoms is given with the formula (``z``), as everywhere in the field. Run from the root of the repository:
``python benchmarks/structure_prediction.py`` (an hour; ``--small``: a minute). It goes on where it was stopped.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from figures import Figure, arguments, folder, number, save, share

from electrolith import Generator, Targets
from electrolith.evaluation.prediction import best_distances, prediction_measures
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import SPLITS, reference_set
from electrolith.gen.symmetry.orbits import crystal_of

N, TRIES, MAX_ATOMS = 300, 20, 20
CHECKS = ("finite", "distances", "volume", "symmetry")  # the formula is given: its charges are not up for replacement
KINDS = {"with the space group": 1, "formula only": TRIES}


def truths(n: int) -> Iterator[tuple[Crystal, int]]:
    """True crystals of the test split with their space groups, each of another formula."""
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


def predictions(generator: Generator, true: Crystal, group: int | None, tries: int) -> list[Crystal]:
    """The first ``tries`` crystals for the formula of ``true``."""
    _, units = true.composition.get_reduced_formula_and_factor()
    targets = Targets(formula=true.formula, z=int(units), space_group=group, max_atoms=len(true))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer crystals than tries: the missing ones count as misses
        made = generator.generate(tries, targets, seed=0, checks=CHECKS)
    return [g.crystal for g in made]


def distances(path: Path, kind: str, tries: int, again: bool) -> dict[str, list[float | None]]:
    """Distance of every try to its truth, remembered crystal by crystal."""
    known: dict[str, list[float | None]] = {}
    if path.exists() and not again:
        known = dict(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    with path.open("w" if again else "a", encoding="utf-8") as stream:
        for true, group in chosen:
            if true.name in known:
                continue
            try:
                made = predictions(generator, true, group if kind == "with the space group" else None, tries)
                known[true.name] = best_distances(true, made, tries)
            except Exception as error:  # noqa: BLE001  a failure is a miss, and is said
                print(f"{true.name} {true.formula}: {error}")
                known[true.name] = []
            stream.write(json.dumps([true.name, known[true.name]]) + "\n")
            stream.flush()
    return {true.name: known[true.name] for true, _ in chosen}


def figures_of(kind: str, tries: int, found: dict[str, list[float | None]]) -> list[Figure]:
    by_key = {m.key: m for m in prediction_measures(list(found.values()), tries)}
    figures = []
    for k in sorted({1, tries}):
        match, rmse = by_key[f"match_rate_{k}"], by_key[f"rmse_{k}"]
        words = f"structure prediction, {kind}: match at {k} {'try' if k == 1 else 'tries'}"
        figures.append(share(match, words, 0.60 if k == tries else None))
        figures.append(number(f"{words}: RMSE", rmse.value, "", rmse.n, remark="over (volume per atom)^(1/3)"))
    return figures


if __name__ == "__main__":
    args = arguments(__doc__ or "")
    place = folder(args.small)
    generator = Generator.from_pretrained(args.checkpoint or "default")
    chosen = list(truths(2 if args.small else N))
    figures = []
    for kind, most in list(KINDS.items())[: 1 if args.quick else None]:
        tries = min(most, 2) if args.small else most
        name = f"prediction-{kind.replace(' ', '-')}.jsonl"
        figures += figures_of(kind, tries, distances(place / name, kind, tries, args.again))
    save("structure_prediction", figures, args.small, args.checkpoint)
