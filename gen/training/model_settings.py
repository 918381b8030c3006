"""Settings of each model's training, with every constant that decides it, and their reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import UserError, did_you_mean
from ..geometry.network_size import NetworkSize
from ..properties import SHIPPED
from ..skeleton.skeleton_network import SkeletonSize
from ..surrogate.orbit_network import SurrogateSize
from ..typed_records import read_record, setting
from .augmentation import CompositionShares
from .noise_times import NoiseTimes
from .target_masking import TargetMasking
from .training_settings import TrainingSettings


@dataclass(frozen=True, kw_only=True)
class SkeletonSettings(TrainingSettings):
    """Training of the skeleton model."""

    model: str = "skeleton"
    size: SkeletonSize = setting(doc="sizes of the network")
    given_composition: CompositionShares = setting(
        factory=CompositionShares, doc="shares of the crystals of which a part of the composition is given"
    )
    target_masking: TargetMasking = setting(
        factory=TargetMasking, doc="shares of the crystals of which targets are hidden"
    )


@dataclass(frozen=True, kw_only=True)
class GeometrySettings(TrainingSettings):
    """Training of the geometry model."""

    model: str = "geometry"
    size: NetworkSize = setting(doc="sizes of the network")
    target_masking: TargetMasking = setting(
        factory=TargetMasking, doc="shares of the crystals of which targets are hidden"
    )
    noise_times: NoiseTimes = setting(factory=NoiseTimes, doc="distribution of the times of the denoising loss")


@dataclass(frozen=True, kw_only=True)
class WeightedSettings(TrainingSettings):
    """Training of a surrogate, whose loss is a weighted sum over properties."""

    property_weights: Mapping[str, float] = setting(
        factory=dict, doc="weight of a property in the loss, by name", at_least=0
    )
    other_weight: float = setting(0.0, "weight of every other property", at_least=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.property_weights:
            if name not in SHIPPED.names:
                hint = did_you_mean(name, SHIPPED.names)
                raise UserError(f"property_weights: {name!r} is not a property.{hint}")

    def weights(self, names: Sequence[str]) -> list[float]:
        """The weights of these properties, in their order."""
        return [self.property_weights.get(name, self.other_weight) for name in names]


@dataclass(frozen=True, kw_only=True)
class OrbitSurrogateSettings(WeightedSettings):
    """Training of the surrogate that reads orbits. Energies decide what is generated; few crystals have the rest."""

    model: str = "surrogate"
    size: SurrogateSize = setting(doc="sizes of a member, and the number of members")
    property_weights: Mapping[str, float] = setting(
        factory=lambda: {"formation_energy_per_atom": 2.0, "energy_above_hull": 0.5, "band_gap": 0.5},
        doc="weight of a property in the loss, by name",
        at_least=0,
    )
    other_weight: float = setting(0.2, "weight of every other property", at_least=0)
    composition_only: float = setting(
        0.1, "share of crystals of which the network sees only the composition", at_least=0, at_most=1
    )
    formulas: bool = setting(True, "whether known formulas without a crystal are trained on, too")


@dataclass(frozen=True, kw_only=True)
class StructureSurrogateSettings(WeightedSettings):
    """Training of the surrogate that reads relaxed crystals. Few crystals have moduli and barriers."""

    model: str = "crystal-surrogate"
    size: NetworkSize = setting(doc="sizes of the network")
    property_weights: Mapping[str, float] = setting(
        factory=lambda: {
            "formation_energy_per_atom": 1.0, "energy_above_hull": 0.3, "band_gap": 0.3, "bulk_modulus": 1.0,
            "shear_modulus": 1.0, "li_barrier": 0.7, "li_barrier_1d": 0.7, "li_barrier_2d": 0.3,
            "ionic_conductivity": 0.2,
        },
        doc="weight of a property in the loss, by name",
        at_least=0,
    )  # fmt: skip


SETTINGS: dict[str, type[TrainingSettings]] = {
    "crystal-surrogate": StructureSurrogateSettings,
    "geometry": GeometrySettings,
    "skeleton": SkeletonSettings,
    "surrogate": OrbitSurrogateSettings,
}


def load_settings(path: Path) -> TrainingSettings:
    """The settings in a YAML file, of the class that its ``model`` names.

    Raises ``UserError`` for a file that cannot be read, and for keys and values as ``read_record`` does.
    """
    try:
        values: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path} cannot be read as YAML: {str(error).splitlines()[0]}") from error
    model = values.get("model") if isinstance(values, dict) else None
    if isinstance(values, dict) and model not in SETTINGS:
        hint = did_you_mean(str(model), SETTINGS)
        raise UserError(f"{path}: model = {model!r}: write one of {', '.join(SETTINGS)}.{hint}")
    return read_record(SETTINGS.get(str(model), TrainingSettings), values, str(path))
