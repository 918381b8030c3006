"""Measured conductors and non-conductors of OBELiX in the recipes of electrolytes, disordered ones through orderings.

A crystal passes if one of the uses (separator, catholyte, anolyte) takes it. These recipes differ in the window and in
the reaction with the neighbour, so all other checks run once, in the recipe of separators.
The folder holds ``train.csv`` and ``train_cifs.zip`` (F. Therrien et al., arXiv 2502.14234, CC BY 4.0). Each result is
kept in a journal, from which a run goes on. The estimated conductivity, which leads the ranking, was fitted to the
same measurements. Crystals are judged as measured; models of a disordered crystal are relaxed by the check
``stability`` where none passes at the mean places. It comes last, and the share that passes all others is a figure of
its own. ``--relax`` relaxes all crystals first, as the recipe does.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure, folder, share

from electrolith.disorder import neutral_composition
from electrolith.disorder.cell_choice import NoOrderings
from electrolith.evaluation.metric import share as share_of
from electrolith.recipes.recipe import Recipe
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening import screen
from electrolith.screening.inputs import read_paths
from electrolith.screening.rank_survivors import rank_results
from electrolith.screening.results import ScreeningResult
from electrolith.validators.thermodynamics.stability import Stability

CONDUCTOR, NON_CONDUCTOR = 1e-4, 1e-7  # S/cm: at least, below
SIGMA, LIMIT = "Ionic conductivity (S cm-1)", "<"  # column, and the mark of a number that is an upper limit
USES = ("electrolyte-separator", "catholyte", "anolyte")
OF_A_USE = ("window", "interface")  # checks with limits of their own in each recipe


def measured(place: Path) -> dict[str, float]:
    """Conductivity at room temperature by the name of the CIF, S/cm; an upper limit counts as its number."""
    with (place / "train.csv").open(encoding="utf-8", newline="") as file:
        return {row["ID"]: float(row[SIGMA].lstrip(LIMIT)) for row in csv.DictReader(file)}


def crystals(place: Path, most: int | None) -> dict[str, Any]:
    """The conductors and non-conductors with a CIF, in random order; the first ``most`` of each."""
    values = measured(place)
    found = {one.name: one for one in read_paths([place / "train_cifs.zip"]) if one.name in values}
    names = random.Random(0).sample(sorted(found), len(found))
    kept = [name for name in names if values[name] >= CONDUCTOR][:most]
    kept += [name for name in names if values[name] < NON_CONDUCTOR][:most]
    return {name: found[name] for name in random.Random(1).sample(kept, len(kept))}


def for_all_uses(recipe: Recipe) -> Recipe:
    """The recipe with a window that is reported only, and with ``stability`` after all other checks."""
    steps = [replace(step, options={}) if step.name in OF_A_USE else step for step in recipe.steps]
    return replace(recipe, steps=tuple(sorted(steps, key=lambda step: step.name == Stability.name)))


def uses_of(crystal: Any) -> dict[str, list[str]]:
    """By recipe, the checks of its use that the composition fails by more than their error."""
    mixed = getattr(crystal, "disordered", None)
    try:
        composition = crystal.composition if mixed is None else neutral_composition(mixed)
    except NoOrderings:
        composition = mixed.composition
    found: dict[str, list[str]] = {}
    for name in USES:
        steps = [step for step in find_recipe(name).steps if step.name in OF_A_USE]
        verdicts = [step.check.check_composition(composition) for step in steps]
        found[name] = [s.key for s, v in zip(steps, verdicts, strict=True) if v.passed is False and not v.near_miss]
    return found


@dataclass(frozen=True)
class Judged:
    """The result of a crystal in the checks of all uses, and by recipe which checks of the use it fails."""

    result: ScreeningResult
    uses: dict[str, list[str]]

    @property
    def has_use(self) -> bool:
        """Whether one of the recipes takes its composition."""
        return not all(self.uses.values())

    def is_kept(self, without: str = "") -> bool:
        """Whether it passes or nearly passes, with no regard to the check ``without``, the last one."""
        return self.has_use and (self.result.passed or (bool(without) and self.result.stopped == without))


def judged(args: argparse.Namespace, recipe: Recipe) -> list[Judged]:
    """All results, from the journal where it has them."""
    journal = folder(args) / f"known-obelix-{args.orderings}{'-relaxed' * args.relax}.jsonl"
    if args.again:
        journal.unlink(missing_ok=True)
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    known = {record["result"]["id"]: record for record in map(json.loads, lines)}
    found = []
    with journal.open("a", encoding="utf-8") as file:
        for place, (name, crystal) in enumerate(crystals(args.obelix, args.crystals).items()):
            if name not in known:
                (one,) = screen([crystal], recipe, orderings=args.orderings)
                known[name] = {"result": one.as_mapping(), "uses": uses_of(crystal)}
                file.write(json.dumps(known[name]) + "\n")
                file.flush()
            one = replace(ScreeningResult.from_mapping(known[name]["result"]), place=place)
            found.append(Judged(one, known[name]["uses"]))
            print(f"{name} {one.formula}: {one.stopped or 'kept'} {one.reason} {found[-1].uses}", flush=True)
    return found


def obelix_figures(args: argparse.Namespace, recipe: Recipe) -> list[Figure]:
    """The figures of conductors kept and of non-conductors ranked below their median."""
    recipe, values, late = for_all_uses(recipe), measured(args.obelix), Stability.name
    done = judged(args, recipe)
    order = rank_results([one.result for one in done if one.is_kept()], recipe)
    ranks = {one.id: rank for rank, one in enumerate(order, start=1)}
    conductors = [one for one in done if values[one.result.id] >= CONDUCTOR]
    others = [one.result.id for one in done if values[one.result.id] < NON_CONDUCTOR]
    fallen = Counter(one.result.stopped or "window or interface" for one in conductors if not one.is_kept())
    median = float(np.median([ranks.get(one.result.id, np.inf) for one in conductors]))
    below = [name not in ranks or ranks[name] > median for name in others]
    return [
        _figure(f"conductors of OBELiX (≥ {CONDUCTOR:g} S/cm) that pass or nearly pass a recipe of electrolytes",
                [one.is_kept() for one in conductors], 0.8,
                ", ".join(f"{n} stopped by {step}" for step, n in fallen.most_common())),
        _figure(f"conductors of OBELiX that pass or nearly pass all checks but {late}",
                [one.is_kept(late) for one in conductors], None),
        _figure(f"non-conductors of OBELiX (< {NON_CONDUCTOR:g} S/cm) below the median of the conductors", below, 0.75,
                f"{sum(name not in ranks for name in others)} rejected; the conductivity model was fitted to them"),
    ]  # fmt: skip


def _figure(words: str, answers: Sequence[bool], bar: float | None, remark: str = "") -> Figure:
    return share(share_of("", list(answers), ""), words, bar, remark=remark)
