"""The funnel: crystals through a recipe of checks, cheap ones first, to ranked candidates, each with its reasons."""

from __future__ import annotations

from ..recipes.recipe import Recipe
from ..recipes.recipe_reader import find_recipe
from .results import ScreeningResult
from .screening_run import screen

__all__ = ["Recipe", "ScreeningResult", "find_recipe", "screen"]
