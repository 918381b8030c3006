"""Layers of a run's settings: the run to resume, a recipe, a settings file, the options. The last one wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..conditioners.aliases import canonical_name
from ..conditioners.interval import intersections
from ..conditioners.targets import check_target
from ..gen.custom_properties import properties_in, properties_of_record
from ..gen.errors import UserError, shown
from ..gen.properties import SHIPPED, PropertySet
from ..gen.typed_fields import place_of
from ..gen.weight_folders import folder_of
from ..gen.yaml_lines import YamlLines
from ..io.yaml_files import read_yaml
from .earlier_settings import recorded_settings
from .options import setting_fields
from .settings import TARGETS, Settings
from .target_recipes import DEFAULT, fitted_size, read_recipe


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
    base = None if recipe is None else read_recipe(recipe)
    if base is not None:
        layers.append((base.values, base.at_key))
    if config is not None:
        file = YamlLines.of_mapping(config, "n: 100")
        layers.append((file.values, file.at_key))
    layers.append((given, lambda _: ""))
    checkpoint = next((str(layer["checkpoint"]) for layer, _ in reversed(layers) if layer.get("checkpoint")), None)
    properties = _properties(checkpoint, earlier)
    if base is not None:
        k = next(k for k, (layer, _) in enumerate(layers) if layer is base.values)
        later = [layer for layer, _ in layers[k + 1 :]]
        layers[k] = fitted_size(base.values, later, checkpoint or DEFAULT), base.at_key
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


def _properties(checkpoint: str | None, earlier: Path | None) -> PropertySet:
    """The properties of the checkpoint, or of the earlier run, because targets may name custom ones."""
    if checkpoint is not None:
        return properties_in(folder_of(checkpoint))
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
