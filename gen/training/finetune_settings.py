"""Settings of a fine-tuning: the table, the properties, and every constant that decides the training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..skeleton.skeleton_network import SkeletonSize
from ..typed_records import check_ranges, setting, write_record
from ..weight_folders import sha256
from .model_settings import SkeletonSettings
from .precision import quicker_precision
from .property_scale import PropertyRequest
from .ridge import RidgeSettings


@dataclass(frozen=True)
class ReadoutSettings:
    """Training of the readouts that predict a custom property."""

    ridge: RidgeSettings = setting(factory=RidgeSettings, doc="of the regression on features of the networks")
    row_weight: int = setting(5, "weight of a user's row; a crystal of the reference set has weight 1", at_least=1)
    examples: int = setting(8000, "crystals of the reference set for the orbit surrogate", at_least=1)
    enough: int = setting(2000, "confident predictions that make doubtful ones unnecessary", at_least=0)

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True)
class SkeletonSchedule:
    """Training of the skeleton model: slow, so that it does not forget the shipped properties."""

    learning_rate: float = setting(2e-4, "highest learning rate", at_least=0)
    warmup: float = setting(0.05, "share of the steps in which the learning rate rises", at_least=0, at_most=1)
    decay: float = setting(0.5, "share of the steps in which the learning rate falls", at_least=0, at_most=1)
    weight_decay: float = setting(0.05, "of matrices", at_least=0)
    gradient_clip: float = setting(1.0, "largest norm of the gradient", at_least=0)
    ema: float = setting(0.99, "decay of the averaged weights, per step", at_least=0, below=1)
    batch: int = setting(1600, "tokens in a batch", at_least=1)
    large: int = setting(20, "crystals with more atoms are seen less often", at_least=0)
    large_every: int = setting(2, "epochs from one use of a large crystal to the next", at_least=1)
    dropout: float = setting(0.12, "probability of dropout", at_least=0, below=1)
    shown: float = setting(0.5, "share of the crystals that show a new property", at_least=0, at_most=1)
    speed_up: float = setting(10.0, "learning rate of the new columns, in units of the highest", above=0)
    validate_every: int = setting(250, "most steps between validations", at_least=1)

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True)
class FinetuneSettings:
    """Settings of one fine-tuning.

    symbol      meaning
    data        a CSV with a ``cif`` column
    properties  columns of it to learn, with the unit and scale that the user gave
    checkpoint  name or folder of the weights to start from
    steps       of the optimiser for the skeleton model; 0: only the surrogates learn
    reference   crystals of the reference set for the skeleton model; 0: all
    seed        of every draw
    threads     of a CPU        (not part of the identity of a run)
    readouts    training of the readouts
    skeleton    training of the skeleton model
    """

    data: str
    properties: tuple[PropertyRequest, ...]
    checkpoint: str = "default"
    steps: int = 1000
    reference: int = 0
    seed: int = 0
    threads: int = 1
    readouts: ReadoutSettings = field(default_factory=ReadoutSettings)
    skeleton: SkeletonSchedule = field(default_factory=SkeletonSchedule)

    def as_mapping(self) -> dict[str, Any]:
        """The identity of a run: its settings and the hash of the table."""
        properties = [{k: v for k, v in asdict(p).items() if v is not None} for p in self.properties]
        values = write_record(self) | {"properties": properties, "data_sha256": sha256(Path(self.data))}
        return {name: value for name, value in values.items() if name != "threads"}

    def differences(self, earlier: Mapping[str, Any]) -> list[str]:
        """Settings that are not those of an earlier run, as ``name: there, now here``.

        Settings that are missing in an older record have their defaults.
        """
        defaults = {"readouts": write_record(ReadoutSettings()), "skeleton": write_record(SkeletonSchedule())}
        there = defaults | dict(earlier)
        return [
            f"{name}: {there.get(name)}, now {value}"
            for name, value in self.as_mapping().items()
            if there.get(name) != value
        ]

    def skeleton_settings(self, size: Mapping[str, int]) -> SkeletonSettings:
        """Settings of the training of a skeleton model of this size."""
        s = self.skeleton
        return SkeletonSettings(
            steps=self.steps, warmup=max(1, int(self.steps * s.warmup)), decay=max(1, int(self.steps * s.decay)),
            learning_rate=s.learning_rate, weight_decay=s.weight_decay, gradient_clip=s.gradient_clip, ema=s.ema,
            batch=s.batch, validate_every=max(1, min(s.validate_every, self.steps)), size=SkeletonSize(**size),
            large=s.large, large_every=s.large_every, dropout=s.dropout, seed=self.seed, threads=self.threads,
            precision=quicker_precision(),
        )  # fmt: skip
