"""Crystals generated for a use: shares that pass charge, window and interface of its recipe, and the time of each.

Run from the root of the repository: ``python benchmarks/recipes.py`` (half an hour of one core; ``--quick``: only the
electrolyte; ``--small``: seconds).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from figures import Figure, number, options, save, share

from electrolith import GeneratedCrystal, Generator
from electrolith.evaluation.metric import share as share_of
from electrolith.generation.settings_loader import load_settings
from electrolith.generation.target_recipes import shipped_recipes
from electrolith.recipes.recipe import Recipe
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.funnel import run_check, stops
from electrolith.validators.verdict import Verdict

N, SEED = 60, 7
ASKED = ("charge", "window", "interface")
USES = ("electrolyte", *(name for name in shipped_recipes() if name != "electrolyte"))
BAR = 0.9
WITHOUT = 20  # crystals without the filter, for the comparison
ODD = "odd number"  # in the reason of the check of charges


@dataclass(frozen=True)
class Made:
    """Crystals of a recipe, their verdicts by step, and the CPU time of a crystal in s."""

    crystals: Sequence[GeneratedCrystal]
    verdicts: Sequence[dict[str, Verdict]]
    recipe: Recipe
    seconds: float

    @property
    def stopped(self) -> list[str]:
        """Of each crystal the first step that stops it; empty for one that passes."""
        steps = {step.key: step for step in self.recipe.steps}
        return [next((key for key, v in one.items() if stops(steps[key], v)), "") for one in self.verdicts]

    @property
    def near(self) -> int:
        """Number of the crystals that pass as near misses."""
        pairs = zip(self.stopped, self.verdicts, strict=True)
        return sum(not at and any(v.near_miss for v in one.values()) for at, one in pairs)

    @property
    def remark(self) -> str:
        """Near misses, what stops the rest, and the number of different crystals."""
        rest = ", ".join(f"{name} {n}" for name, n in Counter(filter(None, self.stopped)).most_common())
        formulas = len({one.formula for one in self.crystals})
        return f"{self.near} of them near misses; stopped by {rest or 'none'}; {formulas} formulas"


def made(generator: Generator, use: str, n: int, small: bool, **values: object) -> Made:
    """Crystals of the recipe of targets of a use, asked by its recipe of checks."""
    wanted = {"n": n, "seed": SEED, "targets": {"max_atoms": 8} if small else {}, **values}
    settings = load_settings(wanted, recipe=use)
    generator.generate(1, settings.targets, settings.options)  # loads what the first crystal needs
    start = time.process_time()
    crystals = generator.generate(n, settings.targets, settings.options)
    seconds = (time.process_time() - start) / max(len(crystals), 1)
    recipe = find_recipe(use)
    steps = [step for step in recipe.of_all.steps if step.name in ASKED]
    verdicts = [{step.key: run_check(step.check, one.crystal)[0] for step in steps} for one in crystals]
    return Made(crystals, verdicts, recipe, seconds)


def figures_of(use: str, found: Made) -> list[Figure]:
    """Share that passes, number of crystals with an odd number of electrons, and CPU time."""
    n = len(found.crystals)
    passes = share_of("pass", [not at for at in found.stopped], "stopped by no check")
    odd = sum(ODD in verdict.reason for one in found.verdicts for key, verdict in one.items() if key == "charge")
    return [
        share(passes, f"of {use}: pass charge, window and interface", BAR, remark=found.remark),
        number(f"of {use}: crystals with an odd number of electrons", odd, "crystals", n, 0),
        number(f"of {use}: CPU time of a crystal", found.seconds, "s", n),
    ]


def main() -> None:
    args = options(__doc__).parse_args()
    generator = Generator.from_pretrained(args.checkpoint or "default", "cpu")
    figures: list[Figure] = []
    for use in USES[:1] if args.small or args.quick else USES:
        figures += figures_of(use, made(generator, use, 2 if args.small else N, args.small))
    found = made(generator, USES[0], 2 if args.small else WITHOUT, args.small, compositions="off")
    passes = share_of("pass", [not at for at in found.stopped], "stopped by no check")
    words = f"of {USES[0]} with any compositions"
    figures += [
        share(passes, f"{words}: pass charge, window and interface", remark=found.remark),
        number(f"{words}: CPU time of a crystal", found.seconds, "s", len(found.crystals)),
    ]
    save("recipes", figures, args, part=args.quick)


if __name__ == "__main__":
    main()
