"""Layers of a run's settings: the run to resume, a recipe, a settings file, the options. The last one wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..conditioners.aliases import canonical_name
from ..conditioners.interval import intersections
from ..conditioners.targets import check_target
from ..gen.custom_properties import properties_in, properties_of_record
from ..gen.errors import UserError, did_you_mean, shown
from ..gen.properties import SHIPPED, PropertySet
from ..gen.typed_fields import place_of
from ..gen.weight_folders import folder_of
from ..gen.yaml_lines import YamlLines
from ..io.yaml_files import CONFIGS, read_yaml
from .earlier_settings import recorded_settings
from .options import setting_fields
from .settings import TARGETS, Settings

RECIPE_PREFIX = "targets-"  # of the files of shipped recipes; files without it are recipes of ``electrolith screen``


def load_settings(
    given: Mapping[str, Any], config: Path | None = None, earlier: Path | None = None, recipe: str | None = None
) -> Settings:
    """Settings of a run: ``given``, over a ``config`` file, over a ``recipe``, over the record of an ``earlier`` run.

    Targets are replaced one by one. Raises ``UserError``. Whether a run may be resumed with these settings is checked
    by ``run``.
    """
    layers: list[tuple[Mapping[str, Any], Callable[[str], str]]] = []
    if earlier is not None and earlier.exists():
        layers.append((_settings_of_run(earlier), lambda key: f"{earlier}: settings: {key}"))
    files = [read_recipe(recipe)] if recipe is not None else []
    if config is not None:
        files.append(YamlLines.of_mapping(config, "n: 100"))
    layers += [(file.values, file.at_key) for file in files]
    layers.append((given, lambda _: ""))
    properties = _properties([layer for layer, _ in layers], earlier)
    values: dict[str, Any] = {}
    targets: dict[str, Any] = {}
    places: dict[str, Callable[[str], str]] = {}
    for layer, place in layers:
        targets |= _targets_of(layer, properties, place)
        values |= layer
        places |= dict.fromkeys(layer, place)

    def place_of_key(key: str) -> str:
        return places[key](key) if key in places else ""

    return Settings.from_mapping(values | {TARGETS: targets}, properties, place_of_key)


def read_recipe(recipe: str) -> YamlLines:
    """The settings of a recipe, by the name of a shipped one or the path of a YAML file. Raises ``UserError``."""
    path = Path(recipe)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        if recipe not in shipped_recipes():
            hint = did_you_mean(recipe, shipped_recipes())
            raise UserError(
                f"there is no recipe {recipe!r}.{hint} Shipped: {', '.join(shipped_recipes())}; or give a YAML file."
            )
        path = CONFIGS / f"{RECIPE_PREFIX}{recipe}.yaml"
    lines = YamlLines.of_mapping(path, "targets: {bulk_modulus: '>=100'}")
    if "checks" in lines.values:
        raise UserError(
            f"{path} is a recipe of `electrolith screen`; a recipe of `electrolith generate` has `targets:`."
        )
    return lines


def shipped_recipes() -> list[str]:
    """Names of the recipes in the package."""
    return sorted(file.stem.removeprefix(RECIPE_PREFIX) for file in CONFIGS.glob(f"{RECIPE_PREFIX}*.yaml"))


def _properties(layers: Sequence[Mapping[str, Any]], earlier: Path | None) -> PropertySet:
    """The properties of the checkpoint, or of the earlier run, because targets may name custom ones."""
    checkpoint = next((layer["checkpoint"] for layer in reversed(layers) if layer.get("checkpoint")), None)
    if checkpoint is not None:
        return properties_in(folder_of(str(checkpoint)))
    if earlier is not None and earlier.exists():
        return properties_of_record(read_yaml(earlier), earlier)
    return SHIPPED


def _settings_of_run(record: Path) -> dict[str, Any]:
    """The settings in the record of a run, without device and processes."""
    found = read_yaml(record)
    if not isinstance(found.get("settings"), dict):
        raise UserError(f"{record} is not the record of a run: start another folder.")
    free = {one.name for one in setting_fields() if not one.compare}
    return {name: value for name, value in recorded_settings(found).items() if name not in free}


def _targets_of(layer: Mapping[str, Any], properties: PropertySet, place: Callable[[str], str]) -> dict[str, Any]:
    """Targets by their names in electrolith; a property under two names must meet both."""
    targets = layer.get(TARGETS) or {}
    if not isinstance(targets, Mapping):
        raise UserError(
            f"{place_of(place, TARGETS)}targets = {shown(targets)}: write one target per line, e.g. `space_group: 225`."
        )
    for name, value in targets.items():
        try:
            check_target(name, value, properties)
        except UserError as error:
            raise UserError(f"{place_of(place, f'{TARGETS}.{name}')}{error}") from error
    soft = {name: v for name, v in targets.items() if canonical_name(name) in properties.names and v is not None}
    hard = {canonical_name(name): v for name, v in targets.items() if name not in soft}
    return hard | intersections(soft.items())
