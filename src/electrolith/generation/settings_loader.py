"""Where a run's settings come from: the run to go on with, a recipe, a settings file, the options; the last wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..conditioners.aliases import canonical_name
from ..conditioners.interval import intersections
from ..gen.custom_properties import properties_in, properties_of_record
from ..gen.errors import UserError, did_you_mean
from ..gen.properties import SHIPPED, PropertySet
from ..gen.weight_files import folder_of
from ..io.yaml_files import CONFIGS, read_yaml
from .settings import Settings

RECIPE = "targets-"  # how the file of a shipped recipe begins: those without are recipes of ``electrolith screen``


def load_settings(
    given: Mapping[str, Any], config: Path | None = None, earlier: Path | None = None, recipe: str | None = None
) -> Settings:
    """Settings of a run from what was ``given``, over a ``config`` file, over a ``recipe``, over an ``earlier`` run's.

    Targets are replaced one by one. Whether a run may go on with others than its own, ``run`` decides.
    """
    layers: list[Mapping[str, Any]] = []
    if earlier is not None and earlier.exists():
        layers.append(_of_run(earlier))
    if recipe is not None:
        layers.append(read_recipe(recipe))
    if config is not None:
        layers.append(read_yaml(config))
    layers.append(given)
    properties = _properties(layers, earlier)
    values: dict[str, Any] = {}
    targets: dict[str, Any] = {}
    for layer in layers:
        targets |= _targets_of(layer, properties)
        values |= layer
    return Settings.from_mapping(values | {"targets": targets}, properties)


def read_recipe(recipe: str) -> dict[str, Any]:
    """The settings of a recipe: the name of a shipped one, or a YAML file. Raises ``UserError``."""
    path = Path(recipe)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        if recipe not in shipped():
            hint = did_you_mean(recipe, shipped())
            raise UserError(
                f"there is no recipe {recipe!r}.{hint} Shipped: {', '.join(shipped())}; or give a YAML file."
            )
        path = CONFIGS / f"{RECIPE}{recipe}.yaml"
    values = read_yaml(path)
    if "checks" in values:
        raise UserError(f"{path} is a recipe of `electrolith screen`; one to generate by holds `targets:`.")
    return values


def shipped() -> list[str]:
    """Names of the recipes in the package."""
    return sorted(file.stem.removeprefix(RECIPE) for file in CONFIGS.glob(f"{RECIPE}*.yaml"))


def _properties(layers: Sequence[Mapping[str, Any]], earlier: Path | None) -> PropertySet:
    """The properties of the checkpoint, or of the earlier run: targets may name them."""
    checkpoint = next((layer["checkpoint"] for layer in reversed(layers) if layer.get("checkpoint")), None)
    if checkpoint is not None:
        return properties_in(folder_of(str(checkpoint)))
    if earlier is not None and earlier.exists():
        return properties_of_record(read_yaml(earlier), earlier)
    return SHIPPED


def _of_run(record: Path) -> dict[str, Any]:
    settings = read_yaml(record).get("settings")
    if not isinstance(settings, dict):
        raise UserError(f"{record} is not the record of a run: start another folder.")
    return {name: value for name, value in settings.items() if name not in {"device", "workers"}}


def _targets_of(layer: Mapping[str, Any], properties: PropertySet) -> dict[str, Any]:
    """Targets under our names; where one stands twice, under two names, both hold."""
    targets = layer.get("targets") or {}
    if not isinstance(targets, Mapping):
        raise UserError(f"targets = {targets!r}: write one target a line, e.g. `space_group: 225`.")
    soft = {name: v for name, v in targets.items() if canonical_name(name) in properties.names and v is not None}
    hard = {canonical_name(name): v for name, v in targets.items() if name not in soft}
    return hard | intersections(soft.items())
