"""The recipe of ``electrolith relax``: relaxation, then energy above the hull."""

from __future__ import annotations

from typing import Any

from ..gen.errors import UserError
from ..recipes.recipe import TIME, Recipe
from ..recipes.recipe_reader import find_recipe
from ..validators.relaxation.potentials import calculator
from ..validators.thermodynamics.formation_energy import references

LONGEST = 3600  # s for one crystal: 500 steps of 200 atoms on a slow core


def relaxation_recipe(potential: str, **options: Any) -> Recipe:
    """Relaxation with these options, then stability if the elemental reference energies of the potential are known.

    Raises ``UserError`` for a potential that is not installed, before any crystal is read.
    """
    calculator(potential)
    relaxation = {"check": "relaxation", "potential": potential, **options, "unknown": "stop", TIME: LONGEST}
    checks: list[dict[str, Any]] = [relaxation]
    rank: list[dict[str, Any]] = []
    try:
        references(potential)
    except UserError:
        pass
    else:
        checks.append({"check": "stability", "at_most": None, "potential": potential})
        rank.append({"by": "stability", "order": "low"})
    return find_recipe(
        {"name": "relax", "description": f"Relaxation with {potential}.", "checks": checks, "rank": rank}
    )
