"""The checks of a recipe that need a composition alone, as a filter for compositions while they are drawn.

These are charge, window, interface and toxicity: a crystal whose composition they refuse never passes the recipe.
"""

from __future__ import annotations

from pathlib import Path

from ..validators.check import CompositionCheck
from ..validators.chemistry.charge import Charge
from ..validators.composition_filter import CompositionFilter
from .check_options import options_of
from .recipe import STOP, Recipe, Step
from .recipe_reader import find_recipe

LIMITS = ("_at_least", "_at_most")  # ends of the names of limits


def composition_filter(recipe: str | Path | Recipe) -> CompositionFilter:
    """The filter of a recipe, by name or from a YAML file, with its limits. Raises ``UserError``.

    Left out are checks after the ranking and those without a limit, which only report. Elements and alloys are refused.
    Without a check of charges in the recipe every choice of charges is allowed that balances.
    """
    steps = [step for step in find_recipe(recipe).of_all.steps if isinstance(step.check, CompositionCheck)]
    steps = [step for step in steps if _can_refuse(step)]
    charges = [step.check for step in steps if isinstance(step.check, Charge)]
    return CompositionFilter(
        [step.check for step in steps if not isinstance(step.check, Charge)],
        redox_active=all(check.redox_active for check in charges),
        like_bonds=all(check.like_bonds for check in charges),
        known_only=[step.check.name for step in steps if step.unknown == STOP],
    )


def _can_refuse(step: Step) -> bool:
    """Whether a check has a limit, or none to set."""
    values = {name: option.default for name, option in options_of(step.name).items()} | dict(step.options)
    limits = [value for name, value in values.items() if f"_{name}".endswith(LIMITS)]
    return not limits or any(limit is not None for limit in limits)
