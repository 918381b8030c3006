"""Options of generation: each field has its type, default, range, help panel and documentation in one place.

The options of ``electrolith generate``, the YAML loader, the keywords of ``Generator.generate``,
``configs/generate.yaml`` and the table in the documentation are derived from these fields. To add an option, add a
field. This module imports nothing heavy, because ``electrolith --help`` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..gen.sampling import STEPS
from ..gen.typed_records import check_ranges, checked_keywords, read_record, setting, write_record

AUTO, OFF, ANY = "auto", "off", "any"
MOST_CRYSTALS = 10_000_000  # of a run; shards of it go to other folders
FORMULA_STEPS = 73  # network evaluations of each candidate for a formula: nine tries
CANDIDATES_PER_CRYSTAL = 100  # with keep: default of max_candidates for each crystal to keep
TARGETS_PANEL, GENERATION_PANEL = "Property targets", "Generation"  # of the help
FRAMEWORK_PANEL = "Framework"


@checked_keywords
@dataclass(frozen=True, kw_only=True)
class GenerationOptions:
    """Options that determine the crystals of a run: generation, selection and acceptance."""

    like: str = setting(
        "",
        "File of a known crystal: keep its framework and its space group, and about its cell; draw the orbits of the "
        "mobile ion anew. off: none.",
        words={OFF: ""},
        panel=FRAMEWORK_PANEL,
    )
    redraw: str = setting(
        "",
        "With like: the elements whose orbits are drawn anew, e.g. Li,Cl; all others stay. auto: the mobile ion, the "
        "first of Li, Na, K, Mg, Ca and Zn.",
        words={AUTO: ""},
        panel=FRAMEWORK_PANEL,
    )
    infill: str = setting(
        "",
        "With like: the elements that new orbits may hold, e.g. Li,Mg; any: all. auto: those of redraw, and those that "
        "the targets require.",
        words={AUTO: ""},
        panel=FRAMEWORK_PANEL,
    )
    keep: int = setting(
        0,
        "Instead of n: keep generating until N distinct crystals are predicted to meet all targets. 0: no filter.",
        at_least=0,
        at_most=MOST_CRYSTALS,
        panel=TARGETS_PANEL,
    )
    confidence: float = setting(
        0.0,
        "With keep: minimum probability that a crystal meets all targets, by the surrogates, e.g. 0.5. 0: it is enough "
        "that each prediction meets its target.",
        at_least=0,
        below=1,
        panel=TARGETS_PANEL,
    )
    max_candidates: int = setting(
        0,
        f"With keep: stop after N candidates. auto: {CANDIDATES_PER_CRYSTAL} for each crystal to keep.",
        at_least=0,
        words={AUTO: 0},
        panel=TARGETS_PANEL,
    )
    guidance: float = setting(2.0, "Strength of property targets; 1: no guidance.", at_least=0, panel=TARGETS_PANEL)
    temperature: float = setting(
        1.0,
        "Temperature at which Wyckoff positions and elements are drawn: below 1, probable ones more often. Lower: more "
        "stable, less varied. Not for a formula.",
        at_least=0.05,
        at_most=5,
        panel=GENERATION_PANEL,
    )
    seed: int = setting(
        0, "Seed of the run. The same seed gives the same crystals.", at_least=0, panel=GENERATION_PANEL
    )
    steps: int | None = setting(
        None,
        "Evaluations of networks per crystal, 7 for each try and 10 for the choice; the most stable try is kept. "
        f"auto: {STEPS}, {FORMULA_STEPS} for a formula.",
        at_least=1,
        words={AUTO: None},
        panel=GENERATION_PANEL,
    )
    max_attempts: int = setting(
        20,
        "Largest number of candidates per crystal. Not used with keep.",
        at_least=1,
        panel=GENERATION_PANEL,
    )
    compositions: str = setting(
        "",
        "Draw only compositions that can pass the checks charge, window and interface of this recipe of `electrolith "
        "screen`, by name or file, e.g. catholyte; off: any. Recipes of targets set it.",
        words={OFF: ""},
        panel=TARGETS_PANEL,
    )
    charge: bool = setting(True, "Replace candidates whose charges do not balance.", panel=GENERATION_PANEL)
    stable: bool = setting(
        True, "Prefer skeletons that are predicted to lie near the hull of known compounds.", panel=GENERATION_PANEL
    )
    stability_limit: float | None = setting(
        0.02,
        "Replace crystals that are predicted to lie further above the hull of known compounds, eV/atom; off: no limit. "
        "If sixteen are above, the lowest is taken. Not for a formula or a target for this energy.",
        unit="eV/atom",
        words={OFF: None},
        panel=GENERATION_PANEL,
    )
    balance: bool = setting(
        True,
        "Keep the families of compounds (oxides, sulfides, halides, …, intermetallics, with and without f elements) in "
        "the shares of the training data, or with property targets in those in which the models draw them.",
        panel=GENERATION_PANEL,
    )
    new: bool = setting(
        True,
        "Prefer crystals that are not in the reference set: known ones are replaced, twice at most.",
        panel=GENERATION_PANEL,
    )
    fit: bool = setting(True, "Prefer candidates that are predicted to meet the targets.", panel=GENERATION_PANEL)
    relax: bool = setting(
        False,
        "Relax candidates with CHGNet before the checks and predictions (seconds each); of a formula, only the best.",
        panel=GENERATION_PANEL,
    )
    batch_size: int = setting(
        0,
        "Crystals generated at once. auto: from n and the device.",
        at_least=0,
        at_most=10_000,
        words={AUTO: 0},
        panel=GENERATION_PANEL,
    )

    def __post_init__(self) -> None:
        check_ranges(self)
        for name, example in (("max_candidates", "5000"), ("confidence", "0.5")):
            if getattr(self, name) and not self.keep:
                flag = name.replace("_", "-")
                raise UserError(f"{name} needs keep: give both, e.g. --keep 50 --{flag} {example}.")
        for name in ("redraw", "infill"):
            if getattr(self, name) and not self.like:
                raise UserError(f"{name} needs like: give both, e.g. --like Li3PS4.cif --{name} Li.")
        if 0 < self.max_candidates < self.keep:
            raise UserError(
                f"{self.keep} crystals cannot be kept from max_candidates = {self.max_candidates} candidates: raise it."
            )

    @property
    def attempts(self) -> int:
        """Number of attempts per slot. With keep it is 1: the next slot is as good as the next attempt."""
        return 1 if self.keep else self.max_attempts

    @property
    def candidate_limit(self) -> int:
        """With keep: number of candidates after which the run stops."""
        return self.max_candidates or CANDIDATES_PER_CRYSTAL * self.keep

    @property
    def files(self) -> list[Path]:
        """Files that the options name, which a run must not replace."""
        return [Path(one) for one in (self.like, self.compositions) if one and Path(one).is_file()]

    def resolved_steps(self, for_formula: bool) -> int:
        """``steps``, or its default for a formula or for other targets."""
        return self.steps or (FORMULA_STEPS if for_formula else STEPS)

    def with_overrides(self, overrides: Mapping[str, Any]) -> GenerationOptions:
        """The options with other values for some of them; None stands for the default.

        Raises ``UserError`` for an unknown name (with a suggestion), a wrong type and a value out of range.
        """
        given = {name: _plain(value) for name, value in overrides.items() if value is not None}
        return read_record(GenerationOptions, write_record(self) | given, noun="option")


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """Number of crystals of a run, its weights, its shard, device and processes.

    The crystals do not depend on ``device`` (to 0.01 Å) and ``workers``; a run may be resumed with others.
    """

    n: int = setting(doc="Number of crystals.", at_least=1, at_most=MOST_CRYSTALS)
    checkpoint: str = setting("default", "Name or folder of the weights.", panel=GENERATION_PANEL)
    shard: str = setting("1/1", "Part of the run to generate, e.g. 2/8 in an array job.", panel=GENERATION_PANEL)
    device: str = setting(AUTO, "auto, cpu, cuda, cuda:1 ….", compare=False, panel=GENERATION_PANEL)
    workers: int = setting(
        0,
        "Number of processes. auto: one per core on a CPU, one on a GPU.",
        at_least=0,
        at_most=1000,
        words={AUTO: 0},
        compare=False,
        panel=GENERATION_PANEL,
    )

    def __post_init__(self) -> None:
        check_ranges(self)


def setting_fields() -> Iterator[Field[Any]]:
    """All settings of a run except its targets, in the order of the documentation."""
    of_run = {one.name: one for one in fields(RunOptions)}
    yield of_run.pop("n")
    yield from fields(GenerationOptions)
    yield from of_run.values()


def _plain(value: Any) -> Any:
    """A number of NumPy as a number of Python."""
    return value.item() if hasattr(value, "item") else value
