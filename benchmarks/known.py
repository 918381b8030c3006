"""Known electrolytes and coatings in the recipe of their use: what it keeps, what nearly, and why the rest falls.

The lists and their sources are in ``benchmarks/known``. Their structures are relaxed already (density functional theory
or experiment), so the relaxation with a potential is left out unless ``--relax`` is given.
Run from the root of the repository: ``python benchmarks/known.py`` (ten minutes; ``--small``: seconds); with
``--obelix DIR``, the conductors and non-conductors of OBELiX instead (``obelix``; an hour).
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure, options, save, share
from obelix import obelix_figures
from pymatgen.core import Composition

from electrolith.evaluation.metric import share as share_of
from electrolith.gen.data.dataset import reference_set
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.recipes.recipe import Recipe
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening import screen
from electrolith.screening.inputs import read_paths
from electrolith.screening.results import ScreeningResult
from electrolith.validators.check import CompositionCheck
from electrolith.validators.structure.novel import Novel

LISTS = Path(__file__).with_name("known")
RECIPES = {"separator": "electrolyte-separator", "catholyte": "catholyte", "anolyte": "anolyte"}  # by role
CHEAP = ("finite", "structure", "distances", "volume", "charge", "lithium", "toxicity", "cost", "window", "interface")
SMALL = ("Li6PS5Cl", "Li3N", "LiF", "Li3PO4", "LiI", "Li2S")
SEPARATOR, POOR = RECIPES["separator"], "poor"


@dataclass(frozen=True)
class Case:
    """A compound in a use: its recipe, and whether it should be kept."""

    compound: str
    recipe: str
    kept: bool
    use: str


@dataclass(frozen=True)
class Fate:
    """What a recipe does with a compound.

    symbol   meaning
    answer   kept, near miss, rejected or unknown
    words    the near misses, or the check that rejects it and why
    rank     place among the compounds of the recipe; None if it is rejected or has no structure
    """

    answer: str
    words: str
    rank: int | None = None

    @property
    def is_kept(self) -> bool:
        return self.answer in ("kept", "near miss")


def rows(name: str) -> list[dict[str, str]]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases() -> list[Case]:
    electrolytes = [row for row in rows("electrolytes") if row["role"] != POOR]
    found = [Case(row["compound"], RECIPES[row["role"]], True, row["role"]) for row in electrolytes]
    for row in rows("coatings"):
        for beside in row["beside"].split("; "):
            recipe = "coating-anode" if beside == "lithium metal" else "coating-cathode"
            found.append(Case(row["compound"], recipe, row["status"] != "reacts", f"{row['status']}, {beside}"))
    return found


def structure(compound: str, novel: Novel) -> tuple[Any, str]:
    """A crystal of the compound, or None, and where it comes from."""
    wanted = Composition(compound)
    counts = {element.Z: round(n) for element, n in wanted.items()}
    reference = reference_set()
    if all(float(n).is_integer() for n in wanted.values()):
        heights = reference.property("energy_above_hull")
        found = sorted(novel.of_formula(counts), key=lambda i: np.nan_to_num(heights[i], nan=np.inf))
        if found:
            name = str(reference.ids[found[0]])
            return replace(crystal_of(reference[found[0]], primitive=True), name=compound), name
    file = LISTS / f"{compound}.cif"
    if file.exists():
        return replace(next(iter(read_paths([file]))), name=compound), f"OBELiX, {file.stem}"
    return None, "no structure in the reference set or in OBELiX: by its formula"


def recipe_of(name: str, small: bool, relax: bool) -> Recipe:
    recipe = find_recipe(name).of_all
    left = [s for s in recipe.steps if s.name in CHEAP or (not small and (relax or s.name != "relaxation"))]
    left = [s for s in left if s.name != "unique"]
    keys = {step.key for step in left}
    return replace(recipe, steps=tuple(left), rank=tuple(c for c in recipe.rank if c.by.partition(":")[0] in keys))


def by_formula(compound: str, recipe: Recipe) -> Fate:
    """The fate by the checks that need a composition only."""
    near = []
    for step in recipe.steps:
        if isinstance(step.check, CompositionCheck):
            verdict = step.check.check_composition(Composition(compound))
            if verdict.near_miss:
                near.append(step.key)
            elif verdict.passed is False:
                return Fate("rejected", f"{step.key}: {verdict.reason}")
    return Fate("near miss" if near else "kept", ", ".join(near))


def fate_of(one: ScreeningResult) -> Fate:
    if one.crystal is None:
        return Fate("unknown", one.reason)
    if not one.passed:
        return Fate("rejected", f"{one.stopped}: {one.reason}")
    words = "; ".join(f"{step}: {one.verdicts[step].reason}" for step in one.near_misses)
    return Fate("near miss" if one.near_misses else "kept", words, one.rank)


def fates(compounds: Sequence[str], recipe: Recipe, crystals: Mapping[str, tuple[Any, str]]) -> dict[str, Fate]:
    """The fate of each compound; an entry that no check can take is judged by its formula."""
    given = {compound: crystals[compound][0] for compound in dict.fromkeys(compounds)}
    read = {name: one for name, one in given.items() if one is not None}
    done = sorted(screen(list(read.values()), recipe), key=lambda one: one.place)
    found = {name: fate_of(one) for name, one in zip(read, done, strict=True)}
    return {
        name: by_formula(name, recipe) if name not in found or found[name].answer == "unknown" else found[name]
        for name in given
    }


def ranked_below_median(conductors: Sequence[Fate], poor: Sequence[Fate]) -> list[bool]:
    """Whether each poor conductor ranks below the median of the conductors with a structure.

    A rejected one ranks below all.
    """
    ranks = [np.inf if fate.rank is None else fate.rank for fate in conductors if fate.rank or not fate.is_kept]
    median = float(np.median(ranks))
    return [fate.rank is None or fate.rank > median for fate in poor]


def figure(words: str, answers: Mapping[str, bool], bar: float) -> Figure:
    wrong = [name for name, right in answers.items() if not right]
    remark = f"wrong: {', '.join(wrong)}" if wrong else ""
    return share(share_of("", list(answers.values()), ""), words, bar, remark=remark)


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--relax", action="store_true", help="relax each crystal with the potential of the recipe")
    parser.add_argument("--obelix", type=Path, help="measure the crystals of OBELiX in this folder instead")
    parser.add_argument("--orderings", type=int, default=2, help="ordered models of a disordered crystal of OBELiX (2)")
    parser.add_argument("--crystals", type=int, help="conductors and non-conductors of OBELiX, at most (all)")
    args = parser.parse_args()
    if args.obelix:
        save("known", obelix_figures(args, recipe_of(SEPARATOR, args.small, args.relax)), args, part=True)
        return
    chosen = [case for case in cases() if not args.small or case.compound in SMALL]
    poor = [row["compound"] for row in rows("electrolytes") if row["role"] == POOR]
    poor = [compound for compound in poor if not args.small or compound in SMALL]
    novel = Novel()
    crystals = {name: structure(name, novel) for name in dict.fromkeys([*(c.compound for c in chosen), *poor])}
    answers: dict[tuple[str, str], Fate] = {}
    for name in dict.fromkeys(case.recipe for case in chosen):
        compounds = [case.compound for case in chosen if case.recipe == name]
        found = fates(compounds + poor * (name == SEPARATOR), recipe_of(name, args.small, args.relax), crystals)
        answers |= {(name, compound): fate for compound, fate in found.items()}
    for case in chosen:
        fate = answers[case.recipe, case.compound]
        mark = "  " if fate.is_kept == case.kept else "! "
        print(f"{mark}{case.compound} ({case.use}) in {case.recipe}: {fate.answer}"
              f"{f', rank {fate.rank}' if fate.rank else ''}; {crystals[case.compound][1]}; {fate.words}")  # fmt: skip
    for compound in poor:
        fate = answers[SEPARATOR, compound]
        print(f"  {compound} (poor conductor) in {SEPARATOR}: {fate.answer}, rank {fate.rank}; {fate.words}")
    save("known", figures(chosen, poor, answers), args)


def figures(chosen: Sequence[Case], poor: Sequence[str], answers: Mapping[tuple[str, str], Fate]) -> list[Figure]:
    def right(kept: bool, coatings: bool) -> dict[str, bool]:
        mine = [c for c in chosen if c.kept == kept and c.recipe.startswith("coating") == coatings]
        return {f"{c.compound} ({c.recipe})": answers[c.recipe, c.compound].is_kept == kept for c in mine}

    conductors = [answers[SEPARATOR, case.compound] for case in chosen if case.recipe == SEPARATOR]
    below = ranked_below_median(conductors, [answers[SEPARATOR, compound] for compound in poor])
    return [
        figure("known electrolytes that pass or nearly pass the recipe of their use", right(True, False), 0.9),
        figure("known coatings kept by the recipe of their use", right(True, True), 0.85),
        figure("known reactive or unstable neighbours rejected", right(False, True), 0.85),
        figure("poor conductors ranked below the median conductor", dict(zip(poor, below, strict=True)), 0.75),
    ]


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
