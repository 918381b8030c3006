"""The settings of a run: typed, whole, and read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..conditioners.targets import Targets
from ..gen.errors import UserError, did_you_mean
from ..gen.properties import SHIPPED, PropertySet
from ..gen.sampling import STEPS
from .options import HARD, PREDICTION_STEPS, GenerationOptions
from .partition import SMALLEST_CHUNK, Partition, Shard, auto_batch_size

AUTO = "auto"
CANDIDATES = 100  # for each crystal to keep


@dataclass(frozen=True)
class Settings:
    """What ``electrolith generate`` is told; ``configs/generate.yaml`` shows all of it.

    setting       meaning
    n             crystals to make; with keep, the same number
    seed          of the run; the same seed gives the same crystals
    targets       what the crystals must and should be: ``conditioners.targets.Targets``
    steps         network evaluations of the geometry model for one crystal: tries of 10, the best of which is kept;
                  None: chosen by what is made, more for a given formula
    guidance      strength of property targets
    max_attempts  candidates for one crystal before it is given up; not with keep, where every candidate counts
    keep          crystals to make, no two alike, that have all properties asked for, as far as the surrogates can say,
                  which ends the run; 0: crystals are kept whatever properties they have
    confidence    least chance, by the surrogates, that a crystal to keep has all properties asked for, 0 to 1; 0: it is
                  enough that each prediction is as asked
    max_candidates  the end of a run with keep, however few have them; 0: ``CANDIDATES`` for each
    charge        whether candidates without balanced charges are replaced
    stable        whether candidates are preferred that are predicted to lie near the hull of known compounds
    new           whether candidates are preferred whose orbits no known crystal has
    fit           whether candidates are preferred that are predicted to have the properties asked for
    relax         whether candidates are relaxed with CHGNet before they are checked and their properties predicted
    batch_size    crystals made at once; 0: chosen from n and the device
    checkpoint    name or folder of the weights
    shard         part of the run to make, e.g. 2/8
    device        auto, cpu, cuda …       (not part of what a run is: other devices give the same to 0.01 Å)
    workers       processes; 0: one per core  (nor is this)
    """

    n: int
    seed: int = 0
    targets: Targets = field(default_factory=Targets)
    steps: int | None = None
    guidance: float = 2.0
    max_attempts: int = 20
    keep: int = 0
    confidence: float = 0.0
    max_candidates: int = 0
    charge: bool = True
    stable: bool = True
    new: bool = True
    fit: bool = True
    relax: bool = False
    batch_size: int = 0
    checkpoint: str = "default"
    shard: Shard = field(default_factory=Shard)
    device: str = field(default=AUTO, compare=False)
    workers: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        for name, low in _LEAST.items():
            if (value := getattr(self, name)) is not None and value < low:
                raise UserError(f"{name} = {value}: it must be at least {low}.")
        if self.max_candidates and not self.keep:
            raise UserError("max_candidates ends a run with keep: give both, e.g. --keep 50 --max-candidates 5000.")
        if self.confidence and not self.keep:
            raise UserError("confidence says which crystals to keep: give both, e.g. --keep 50 --confidence 0.5.")
        if self.keep:
            self._check_keep()

    def _check_keep(self) -> None:
        if self.n != self.keep:
            raise UserError(f"n = {self.n} and keep = {self.keep} both say how many crystals to make: leave out n.")
        if not self.confidence < 1:
            raise UserError(f"confidence = {self.confidence:g}: it is a chance, below 1, e.g. 0.5.")
        if 0 < self.max_candidates < self.keep:
            raise UserError(f"{self.keep} crystals cannot be kept of max_candidates = {self.max_candidates}: raise it.")
        if not self.targets.property_targets:
            raise UserError(
                f"keep = {self.keep}: ask for a property that crystals must have, e.g. --target 'bulk_modulus>=100'."
            )
        if self.shard.of > 1:
            raise UserError("keep ends a run as a whole, which its shards cannot know: give each a --seed of its own.")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], properties: PropertySet = SHIPPED) -> Settings:
        """From names and what was written for them; raises ``UserError`` for unknown names and wrong types.

        ``properties`` are those of the checkpoint, which targets may name.
        """
        known = {f.name for f in fields(cls)}
        if unknown := [name for name in values if name not in known]:
            hint = did_you_mean(unknown[0], known)
            raise UserError(f"{unknown[0]!r} is not a setting.{hint} There are: {', '.join(sorted(known))}.")
        read = {name: _READERS[name](name, value) for name, value in values.items() if name != "targets"}
        read["targets"] = _targets(values.get("targets"), properties)
        if read.get("keep"):
            read["n"] = read["keep"]
        if "n" not in read:
            raise UserError("n is missing: say how many crystals to make.")
        return cls(**read)

    def as_mapping(self) -> dict[str, Any]:
        """What ``from_mapping`` reads."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        automatic = {name: AUTO for name in _AUTOMATIC if not values[name]}
        return values | automatic | {"targets": self.targets.as_mapping(), "shard": str(self.shard)}

    def resolved(self, device: str, cores: int) -> Settings:
        """With everything automatic decided. A GPU is used from one process."""
        workers = self.workers or (cores if device == "cpu" else 1)
        steps = self.how.steps
        batch_size = self.batch_size or auto_batch_size(
            max(self.n, SMALLEST_CHUNK if self.keep else 1), device, self.relax
        )
        most = self.max_candidates or CANDIDATES * self.keep
        return replace(self, steps=steps, device=device, workers=workers, batch_size=batch_size, max_candidates=most)

    @property
    def slots(self) -> Partition:
        """How the run is cut, once the batch size is resolved."""
        return Partition(self.max_candidates if self.keep else self.n, self.batch_size, self.shard)

    @property
    def how(self) -> GenerationOptions:
        """How crystals are made."""
        checks = tuple(name for name in HARD if self.charge or name != "charge")
        steps = self.steps or (STEPS if self.targets.constraints().formula is None else PREDICTION_STEPS)
        return GenerationOptions(
            self.seed, steps, self.guidance, self.max_attempts, checks, self.stable, self.new, self.fit, self.keep,
            self.relax, self.confidence,
        )  # fmt: skip

    def differences(self, other: Settings) -> list[str]:
        """Where two settings ask for different crystals, as ``name: here, there``."""
        mine, theirs = self.as_mapping(), other.as_mapping()
        compared = [f.name for f in fields(self) if f.compare]
        return [f"{name}: {mine[name]}, {theirs[name]}" for name in compared if mine[name] != theirs[name]]


def _whole(name: str, value: object) -> int:
    if name in _AUTOMATIC and value == AUTO:
        return 0
    if isinstance(value, bool) or not str(value).removeprefix("-").isdecimal():
        raise UserError(f"{name} = {value!r}: write a whole number.")
    return int(str(value))


def _whole_or_none(name: str, value: object) -> int | None:
    return None if value == AUTO else _whole(name, value)


def _real(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise UserError(f"{name} = {value!r}: write a number.") from None


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"{name} = {value!r}: write true or false.")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str | Path) or not str(value):
        raise UserError(f"{name} = {value!r}: write a word.")
    return str(value)


def _targets(value: object, properties: PropertySet) -> Targets:
    if value is None or isinstance(value, Mapping):
        return Targets.from_mapping(value or {}, properties)
    raise UserError(f"targets = {value!r}: write one target a line, e.g. `space_group: 225`.")


_LEAST = {
    "keep": 0, "n": 1, "seed": 0, "steps": 1, "guidance": 0, "max_attempts": 1, "max_candidates": 0, "batch_size": 0,
    "workers": 0, "confidence": 0,
}  # fmt: skip
_AUTOMATIC = ("batch_size", "workers", "steps", "max_candidates")
_READERS: dict[str, Any] = {
    "n": _whole,
    "seed": _whole,
    "steps": _whole_or_none,
    "guidance": _real,
    "max_attempts": _whole,
    "keep": _whole,
    "confidence": _real,
    "max_candidates": _whole,
    "charge": _truth,
    "stable": _truth,
    "fit": _truth,
    "new": _truth,
    "relax": _truth,
    "batch_size": _whole,
    "checkpoint": _text,
    "shard": lambda _, value: Shard.parse(str(value)),
    "device": _text,
    "workers": _whole,
}
