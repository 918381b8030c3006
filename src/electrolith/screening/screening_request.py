"""The request for a screening: paths to read, a limit, and a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..recipes.recipe import Recipe
from ..recipes.recipe_reader import find_recipe, shipped_recipes
from ..validators.transport.diffusivity import Diffusivity
from .inputs import ORDERINGS
from .screen_folder import RECORD, ScreenFolder


@dataclass(frozen=True)
class ScreeningRequest:
    """A screening: the ``paths`` to read, the first ``limit`` crystals in them (None: all), and the ``recipe``.

    ``orderings`` ordered models stand for each disordered crystal.
    """

    paths: tuple[str, ...]
    recipe: Recipe
    limit: int | None = None
    orderings: int = ORDERINGS

    @property
    def files(self) -> list[str]:
        """The paths, and files that are options of checks, e.g. a table of competing phases."""
        options = [value for step in self.recipe.steps for value in step.options.values()]
        return [*self.paths, *(value for value in options if isinstance(value, str) and Path(value).is_file())]

    def as_mapping(self) -> dict[str, Any]:
        """The request as ``screen.yaml`` stores it."""
        return {
            "input": list(self.paths), "limit": self.limit, "orderings": self.orderings,
            "recipe": self.recipe.as_mapping(),
        }  # fmt: skip


def screening_request(
    paths: Sequence[Path],
    recipe: str | None,
    potential: str | None,
    limit: int | None,
    earlier: Path | None,
    dynamics: bool = False,
    orderings: int | None = None,
) -> ScreeningRequest:
    """The request that these options describe. Options that are missing come from the ``earlier`` run's folder.

    ``dynamics`` adds a last check: Li⁺ diffusivity by molecular dynamics of the crystals that pass the recipe.
    Raises ``UserError`` for a missing path or recipe.
    """
    record = ScreenFolder(earlier).read_record() if earlier is not None else None
    if record is None:
        if not paths:
            raise UserError(
                "no crystals to screen: give a folder or zip of CIFs, an extxyz, or a CSV with a cif column."
            )
        if recipe is None:
            raise UserError(f"--recipe is missing: give {' or '.join(shipped_recipes())}, or a YAML file.")
        found = find_recipe(recipe)
    else:
        listed, first, known = (record.get(key) for key in ("input", "limit", "recipe"))
        if not isinstance(listed, list) or not isinstance(first, int | None) or not isinstance(known, dict):
            raise UserError(f"{RECORD} in {earlier} is not the record of a run: start another folder.")
        paths = paths or [Path(str(path)) for path in listed]
        limit = first if limit is None else limit
        found = find_recipe(known if recipe is None else recipe)
    if orderings is None:
        orderings = (record or {}).get("orderings", ORDERINGS)
    if not isinstance(orderings, int) or orderings < 1:
        raise UserError(f"--orderings {orderings}: it must be at least 1.")
    if dynamics:
        found = found.with_last(Diffusivity.name)
    if potential is not None:
        found = found.with_potential(potential)
    return ScreeningRequest(tuple(str(path) for path in paths), found, limit, orderings)


def require_same_request(request: ScreeningRequest, earlier: dict[str, Any]) -> None:
    """Raises ``UserError`` if a run to resume has another input, limit or recipe in its ``screen.yaml``."""
    now, earlier = request.as_mapping(), {"orderings": ORDERINGS, **earlier}
    with suppress(UserError):  # a recipe of an earlier version lacks options that have their defaults now
        earlier = {**earlier, "recipe": find_recipe(earlier.get("recipe", {})).as_mapping()}
    if differences := [name for name, value in now.items() if earlier.get(name) != value]:
        raise UserError(
            f"--resume needs the run's own {' and '.join(differences)} (see {RECORD}): leave the options out, or "
            "start another folder."
        )
