"""Settings of each model's training, with every constant that decides it, and their reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError, did_you_mean, shown
from ..geometry.network_size import NetworkSize
from ..skeleton.skeleton_network import SkeletonSize
from ..typed_records import read_record, setting
from ..yaml_lines import YamlLines
from .augmentation import CompositionShares
from .noise_times import NoiseTimes
from .regularisation import Regularisation
from .surrogate_settings import OrbitSurrogateSettings, StructureSurrogateSettings
from .target_masking import TargetMasking
from .training_settings import LargeInTurn, TrainingSettings
from .visits import Visits


@dataclass(frozen=True, kw_only=True)
class SkeletonSettings(LargeInTurn):
    """Training of the skeleton model."""

    model: str = "skeleton"
    size: SkeletonSize = setting(doc="sizes of the network")
    given_composition: CompositionShares = setting(
        factory=CompositionShares, doc="shares of the crystals of which a part of the composition is given"
    )
    target_masking: TargetMasking = setting(
        factory=TargetMasking, doc="shares of the crystals of which targets are hidden"
    )
    regularisation: Regularisation = setting(factory=Regularisation, doc="what the network does not see at a step")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_atoms > self.size.atoms:
            raise UserError(
                f"max_atoms = {self.max_atoms}: the network has room for {self.size.atoms}: write size: "
                f"{{…, atoms: {self.max_atoms}}}, or fewer."
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
    visits: Visits = setting(factory=Visits, doc="epochs from one use of a crystal to the next, by its size")


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
    lines = YamlLines.of_mapping(path, "model: skeleton")
    model = lines.values.get("model")
    if not isinstance(model, str) or model not in SETTINGS:
        hint = did_you_mean(str(model)[:60], SETTINGS)
        raise UserError(f"{lines.at('model')}: model = {shown(model)}: write one of {', '.join(SETTINGS)}.{hint}")
    return read_record(SETTINGS[model], lines.values, lines.at_key)
