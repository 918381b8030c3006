"""Recipes of targets: the shipped ones by their use, those of a user, and the sizes of cells that they allow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..gen.cell_limits import MAX_ATOMS, largest_cell
from ..gen.errors import UserError, did_you_mean
from ..gen.weight_folders import MODELS, folder_of
from ..gen.weight_header import metadata
from ..gen.yaml_lines import YamlLines
from ..io.yaml_files import CONFIGS

PREFIX = "targets-"  # of the files of shipped recipes; files without it are recipes of ``electrolith screen``
LONG_NAMES = {"electrolyte-separator": "electrolyte", "coating-cathode": "coating"}  # those of ``electrolith screen``
DEFAULT = "default"  # weights
TARGETS, LIMIT = "targets", "max_atoms"
SIZES = (LIMIT, "n_atoms", "formula")  # targets that decide the size of cells


def read_recipe(recipe: str) -> YamlLines:
    """The settings of a recipe, by the name of a shipped one or the path of a YAML file. Raises ``UserError``."""
    path = Path(recipe)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        name = LONG_NAMES.get(recipe, recipe)
        if name not in shipped_recipes():
            hint = did_you_mean(recipe, shipped_recipes())
            raise UserError(
                f"there is no recipe {recipe!r}.{hint} Shipped: {', '.join(shipped_recipes())}; or give a YAML file."
            )
        path = CONFIGS / f"{PREFIX}{name}.yaml"
    lines = YamlLines.of_mapping(path, "targets: {bulk_modulus: '>=100'}")
    if "checks" in lines.values:
        raise UserError(
            f"{path} is a recipe of `electrolith screen`; a recipe of `electrolith generate` has `targets:`, and may "
            f"have `compositions: {path}`."
        )
    return lines


def shipped_recipes() -> list[str]:
    """Names of the recipes in the package."""
    return sorted(file.stem.removeprefix(PREFIX) for file in CONFIGS.glob(f"{PREFIX}*.yaml"))


def fitted_size(recipe: Mapping[str, Any], later: Sequence[Mapping[str, Any]], checkpoint: str) -> Mapping[str, Any]:
    """A recipe whose limit of atoms is at most that of the weights, and left out where other settings ask for a size.

    So a recipe may allow larger cells than some weights draw. A limit that a user gives is never lowered.
    """
    targets = recipe.get(TARGETS)
    if not isinstance(targets, Mapping) or not isinstance(targets.get(LIMIT), int):
        return recipe
    if any(name in SIZES for one in later for name in one.get(TARGETS) or {}):
        return {**recipe, TARGETS: {name: value for name, value in targets.items() if name != LIMIT}}
    return {**recipe, TARGETS: {**targets, LIMIT: min(targets[LIMIT], most_atoms_in(folder_of(checkpoint)))}}


def most_atoms_in(folder: Path) -> int:
    """Atoms of the largest primitive cell that the weights in a folder draw, read without torch.

    The largest of all where the file is damaged: whoever loads the weights reports it.
    """
    try:
        sizes = json.loads(metadata(folder / MODELS[0]).get("size", "{}"))
        return largest_cell(sizes)
    except (OSError, ValueError, RecursionError, AttributeError, TypeError):
        return MAX_ATOMS
