"""CPU seconds of each check of the recipes by use, and what 1,000 crystals take on two cores.

A check of one setting runs once for each crystal; all recipes that have it share its time. Times are those of the
processor, so that other jobs of the machine do not count. Checks of the best crystals only count with their limit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from figures import Figure, number

from electrolith.recipes.recipe import Recipe, Step
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.funnel import run_check, stops
from electrolith.validators.structure.unique import Unique

RECIPES = ("electrolyte-separator", "catholyte", "anolyte", "coating-cathode", "coating-anode")
SLOW = ("relaxation", "stability", "barrier")  # left out of the small size
CORES, MANY, BAR = 2, 1000, 10.0


@dataclass
class Cost:
    """CPU seconds of the steps of a recipe: of all that came to each, and of the first of each, which loads its data.

    symbol   meaning                                               unit
    came     number of crystals that came to each step
    seconds  by step, of all that came                             s
    loading  of the first use of all checks, once for each process s
    best     limit of the checks of the best crystals together     s
    n        number of crystals
    left     number of crystals that passed
    """

    came: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    loading: float = 0.0
    best: float = 0.0
    n: int = 0
    left: int = 0

    @property
    def minutes(self) -> float:
        """Minutes of 1,000 such crystals on two idle cores, with loading and the limit of the last checks."""
        return self._minutes(sum(self.seconds.values()) / self.n)

    @property
    def minutes_of_survivors(self) -> float:
        """Minutes of 1,000 crystals of which none is rejected."""
        return self._minutes(sum(seconds / self.came[key] for key, seconds in self.seconds.items()))

    def _minutes(self, seconds_each: float) -> float:
        return (seconds_each * MANY / CORES + self.loading + self.best / CORES) / 60


class Timer:
    """Checks on crystals with the CPU time of each, which is kept for the next recipe that asks the same."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], tuple[Any, Any, float]] = {}
        self.loaded: dict[tuple[str, ...], float] = {}
        self.first: Any = None

    def ask(self, step: Step, crystal: Any, path: tuple[str, ...]) -> tuple[Any, Any, float]:
        """Verdict, crystal for the next check, and CPU seconds; ``path`` names the crystal and what changed it."""
        setting = (step.name, json.dumps(dict(step.options), sort_keys=True, default=str))
        if setting not in self.loaded:
            self.loaded[setting] = _timed(step, self.first)[2]
        if (*setting, *path) not in self.kept:
            self.kept[*setting, *path] = _timed(step, crystal)
            if isinstance(step.check, Unique) and self.kept[*setting, *path][0].passed:
                step.check.add(crystal)
        return self.kept[*setting, *path]

    def cost(self, recipe: Recipe, crystals: Sequence[Any]) -> Cost:
        """The cost of these crystals in a recipe."""
        steps, limits = recipe.of_all.steps, recipe.of_best.steps
        found = Cost(n=len(crystals), best=sum(step.time_limit * (step.best or 0) for step in limits[:1]))
        self.first = self.first or crystals[0]
        for given in crystals:
            crystal, path = given, (given.name,)
            for step in steps:
                verdict, after, seconds = self.ask(step, crystal, path)
                found.came[step.key] = found.came.get(step.key, 0) + 1
                found.seconds[step.key] = found.seconds.get(step.key, 0.0) + seconds
                if stops(step, verdict):
                    break
                if after is not crystal:
                    crystal, path = after, (*path, step.key)
            else:
                found.left += 1
        settings = {(s.name, json.dumps(dict(s.options), sort_keys=True, default=str)) for s in steps}
        found.loading = sum(self.loaded.get(setting, 0.0) for setting in settings)
        return found


def _timed(step: Step, crystal: Any) -> tuple[Any, Any, float]:
    start = time.process_time()
    verdict, after = run_check(step.check, crystal)
    return verdict, after, time.process_time() - start


def recipe_figures(crystals: Iterable[Any], small: bool, log: Path | None = None) -> list[Figure]:
    """A figure of each recipe; all times of all checks go to the file ``log``."""
    timer, figures, given, costs = Timer(), [], list(crystals), {}
    for name in RECIPES[3:4] if small else RECIPES:
        recipe = find_recipe(name)
        if small:
            recipe = Recipe(name, "", tuple(step for step in recipe.steps if step.name not in SLOW))
        cost = timer.cost(recipe, given)
        costs[name] = cost.__dict__ | {"minutes": cost.minutes, "of survivors": cost.minutes_of_survivors}
        longest = sorted(cost.seconds, key=lambda key: -cost.seconds[key])[:4]
        words = ", ".join(f"{key} {cost.seconds[key] / cost.came[key]:.3g} s × {cost.came[key]}" for key in longest)
        figures.append(
            number(
                f"1,000 crystals through {name} on two cores, from the CPU time of {cost.n}",
                cost.minutes, "min", cost.n, None if small else BAR,
                remark=f"{cost.left} passed; {words}; loading {cost.loading:.0f} s; the best {cost.best:.0f} s at "
                f"most; {cost.minutes_of_survivors:.3g} min if all passed",
            )
        )  # fmt: skip
        print(figures[-1], flush=True)
        if log is not None:
            log.write_text(json.dumps(costs, indent=1), encoding="utf-8")
    return figures
