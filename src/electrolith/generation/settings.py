"""Settings of a run: requested number of crystals, targets, options. Typed, complete, and read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..conditioners.targets import Targets
from ..gen.errors import UserError, did_you_mean, shown
from ..gen.properties import SHIPPED, PropertySet
from ..gen.typed_fields import Place, place_of
from ..gen.typed_records import read_record, write_record
from .options import GenerationOptions, RunOptions, setting_fields
from .partition import LARGEST_BATCH, SMALLEST_BATCH, Partition, Shard, auto_batch_size

TARGETS = "targets"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of ``electrolith generate``; ``configs/generate.yaml`` shows them with their defaults.

    symbol   meaning
    run      number of crystals, weights, shard, device and processes
    targets  constraints and property targets
    options  how crystals are generated, and which of them are kept
    """

    run: RunOptions
    targets: Targets = field(default_factory=Targets)
    options: GenerationOptions = field(default_factory=GenerationOptions)

    def __post_init__(self) -> None:
        if self.options.keep:
            self._check_keep(self.options.keep)

    def _check_keep(self, keep: int) -> None:
        if self.run.n != keep:
            raise UserError(f"n = {self.run.n} and keep = {keep} both set the number of crystals: leave out n.")
        if not self.targets.property_targets:
            raise UserError(f"keep = {keep} needs a property target, e.g. --target 'bulk_modulus>=100'.")
        if self.shard.of > 1:
            raise UserError(
                "keep needs all crystals of a run, so it cannot have shards: start several runs, each with its own "
                "--seed."
            )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], properties: PropertySet = SHIPPED, source: Place = "") -> Settings:
        """Settings of names and values, as in YAML: ``{"n": 100, "targets": {"elements": "Li"}, "steps": "auto"}``.

        Targets may be those of ``properties``, the properties of the checkpoint. ``source``: the place of a setting.
        Raises ``UserError`` for unknown names, wrong types, values out of range, and settings that do not fit together.
        """
        known = [TARGETS, *(one.name for one in setting_fields())]
        if unknown := [name for name in values if name not in known]:
            name, hint = unknown[0], did_you_mean(str(unknown[0])[:60], known)
            raise UserError(
                f"{place_of(source, str(name))}{shown(name)} is not a setting.{hint} There are: "
                f"{', '.join(sorted(known))}."
            )
        options = read_record(GenerationOptions, _part(GenerationOptions, values), source)
        counts = {"n": options.keep} if options.keep else {}
        of_run = _part(RunOptions, values) | counts
        if "n" not in of_run:
            raise UserError("the number of crystals is missing: give n (-n) or keep (--keep).")
        return cls(
            run=read_record(RunOptions, of_run, source),
            targets=_targets(values.get(TARGETS), properties),
            options=options,
        )

    def as_mapping(self) -> dict[str, Any]:
        """Setting names and values as ``from_mapping`` reads them."""
        values = write_record(self.run) | write_record(self.options)
        named = {one.name: values[one.name] for one in setting_fields()}
        return {"n": named.pop("n"), TARGETS: self.targets.as_mapping(), **named}

    def with_(self, **values: Any) -> Settings:
        """The settings with other values for some of them, by their names in ``from_mapping``."""
        return Settings.from_mapping(self.as_mapping() | {TARGETS: self.targets} | values)

    def resolved(self, device: str, cores: int) -> Settings:
        """The settings with a value for everything automatic. A GPU is used from one process."""
        options = replace(
            self.options,
            steps=self.options.resolved_steps(self.targets.constraints().formula is not None),
            batch_size=self.options.batch_size or self._auto_batch_size(device),
            max_candidates=self.options.candidate_limit,
        )
        workers = self.run.workers or (cores if device == "cpu" else 1)
        return replace(self, run=replace(self.run, device=device, workers=workers), options=options)

    def _auto_batch_size(self, device: str) -> int:
        n = max(self.run.n, SMALLEST_BATCH) if self.options.keep else self.run.n
        if self.ranked:
            return min(n, LARGEST_BATCH["cpu"])  # one ranking of all crystals, if possible
        return auto_batch_size(n, device, self.options.relax)

    @property
    def ranked(self) -> bool:
        """Whether the crystals of a batch are candidates for one formula, ranked by energy."""
        return self.targets.formula_alone and not self.options.keep

    @property
    def shard(self) -> Shard:
        """The part of the run."""
        return Shard.parse(self.run.shard)

    @property
    def partition(self) -> Partition:
        """The batches of the run. The batch size must be resolved."""
        slots = self.options.candidate_limit if self.options.keep else self.run.n
        return Partition(slots, self.options.batch_size, self.shard)

    def differences(self, other: Settings) -> list[str]:
        """The settings that change the crystals and differ, as ``name: here, there``."""
        mine, theirs = self.as_mapping(), other.as_mapping()
        targets = [values.pop(TARGETS) for values in (mine, theirs)]
        compared = [one.name for one in setting_fields() if one.compare]
        found = [f"{k}: {mine[k]}, {theirs[k]}" for k in mine if k in compared and mine[k] != theirs[k]]
        names = dict.fromkeys((*targets[0], *targets[1]))
        pairs = {name: [one.get(name, "none") for one in targets] for name in names}
        return [*(f"{name}: {one}, {other}" for name, (one, other) in pairs.items() if one != other), *found]


def _part(record: type[GenerationOptions | RunOptions], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(record)}
    return {name: value for name, value in values.items() if name in names}


def _targets(value: object, properties: PropertySet) -> Targets:
    if isinstance(value, Targets):
        return value
    if value is None or isinstance(value, Mapping):
        return Targets.from_mapping(value or {}, properties)
    raise UserError(f"targets = {shown(value)}: write one target per line, e.g. `space_group: 225`.")
