"""The funnel: crystals through a recipe of checks, cheap ones first, to ranked candidates, each with its reasons."""

from __future__ import annotations

from .recipe import Recipe, find_recipe
from .record import Screened
from .run import screen

__all__ = ["Recipe", "Screened", "find_recipe", "screen"]
