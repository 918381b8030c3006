"""Settings of the training of both surrogates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import UserError, did_you_mean
from ..geometry.network_size import NetworkSize
from ..properties import SHIPPED
from ..surrogate.orbit_network import SurrogateSize
from ..typed_records import setting
from .training_settings import LargeInTurn


@dataclass(frozen=True, kw_only=True)
class WeightedSettings(LargeInTurn):
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
    """Training of the surrogate that reads orbits. Few crystals have labels of other properties than energies."""

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
    formulas: bool = setting(True, "whether known formulas without a crystal are training data, too")


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
