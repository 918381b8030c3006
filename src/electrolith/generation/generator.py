"""The Python interface: a generator with its weights, which gives crystals."""

from __future__ import annotations

import warnings
from collections import abc
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..conditioners.targets import Targets
from ..conditioners.training_range import unseen_targets
from ..gen.data.energy_scheme import scheme_warnings
from ..gen.errors import UserError, did_you_mean
from ..gen.properties import SHIPPED, PropertySet
from ..gen.sampling.crystal_sampler import CrystalSampler
from ..gen.typed_records import read_record
from ..gen.weight_folders import folder_of
from ..parallel.ordered_pool import in_order
from ..recipes.recipe_compositions import composition_filter
from .acceptance import HARD_CHECKS, AcceptanceTest
from .attempt_candidates import surrogates_of
from .batch import make_batch
from .candidate_source import CandidateSource
from .cell_size_check import check_cell_size, most_atoms_of
from .composition_check import check_compositions
from .formula_batch import FormulaBatches
from .options import GenerationOptions, RunOptions
from .records import Batch, GeneratedCrystal
from .relax_candidates import load_relaxation
from .settings import Settings
from .stopping import RunFilter


class Generator:
    """Generates crystals for given targets.

    >>> generator = Generator.from_pretrained()
    >>> crystals = generator.generate(100, Targets(space_group=225, chemical_system="Li-O"), seed=0)
    >>> crystals[0].structure
    """

    def __init__(self, sampler: CandidateSource, folder: Path | None = None) -> None:
        """``folder`` is that of the models' weights, if they were read from one."""
        self.sampler, self.folder = sampler, folder

    @classmethod
    def from_pretrained(cls, checkpoint: str | Path = "default", device: str = "auto") -> Generator:
        """A generator with the weights in the package, or those of a folder; ``device``: ``auto``, ``cpu``, ``cuda`` ….

        Raises ``UserError`` for a checkpoint that does not exist, ``ElectrolithError`` for a damaged one.
        """
        return cls(CrystalSampler.load(checkpoint, device), folder_of(checkpoint))

    @property
    def device(self) -> str:
        """Device of the models."""
        return str(getattr(self.sampler, "device", "cpu"))

    @property
    def weight_hashes(self) -> dict[str, str]:
        """SHA-256 of each weight file."""
        return dict(getattr(self.sampler, "hashes", {}))

    @property
    def surrogates(self) -> Path:
        """Folder of the weights that predict properties."""
        return surrogates_of(self.sampler)

    @property
    def property_set(self) -> PropertySet:
        """The properties of the checkpoint, with units and scales."""
        properties = getattr(self.sampler, "properties", SHIPPED)
        assert isinstance(properties, PropertySet)
        return properties

    @property
    def properties(self) -> list[str]:
        """Names of the properties that can be targets."""
        return list(self.property_set.names)

    def targets(self, **values: Any) -> Targets:
        """``Targets`` with the keywords of ``Targets``, which may also be custom properties of this checkpoint."""
        return Targets(**{"properties": self.property_set} | values)

    def refuse_unknown(self, targets: Targets) -> None:
        """Raises ``UserError`` for a target that the models were not trained on, or on another scale."""
        for target in targets.property_targets:
            if target.quantity in self.property_set:
                continue
            if target.name in self.properties:
                raise UserError(
                    f"{target.name} has another unit, scale or range in this checkpoint: make the targets with "
                    f"generator.targets({target.name}=…)."
                )
            hint = did_you_mean(target.name, self.properties)
            raise UserError(
                f"unknown property {target.name!r}: this checkpoint was not trained on it.{hint} It knows "
                f"{', '.join(self.properties)}."
            )

    def generate(
        self,
        n: int | None = None,
        targets: Targets | None = None,
        options: GenerationOptions | None = None,
        *,
        checks: Sequence[str] = HARD_CHECKS,
        workers: int = 1,
        **overrides: Any,
    ) -> list[GeneratedCrystal]:
        """``n`` crystals that pass the checks; fewer, with a warning, if the attempts run out. See ``stream``."""
        options = _options(options, overrides)
        settings = _settings(n, targets, options)
        crystals = list(self._stream(settings, checks, workers))
        requested = settings.run.n
        if len(crystals) < requested:
            why = "no candidates are left" if options.keep else f"{options.max_attempts} attempts failed for each"
            warnings.warn(f"{requested - len(crystals)} of {requested} crystals are missing: {why}", stacklevel=2)
        return crystals

    def stream(
        self,
        n: int | None = None,
        targets: Targets | None = None,
        options: GenerationOptions | None = None,
        *,
        checks: Sequence[str] = HARD_CHECKS,
        workers: int = 1,
        **overrides: Any,
    ) -> Iterator[GeneratedCrystal]:
        """Yields the crystals of ``generate`` batch by batch, as soon as they are generated.

        Every option of ``GenerationOptions`` is a keyword: ``seed=1, steps=100, relax=True``. A keyword overrides
        ``options``. A candidate that fails one of ``checks`` is replaced. ``workers`` processes are forked: call this
        before torch computes anything in your process. The same seed gives the same crystals: bit for bit with the same
        ``batch_size``, to 0.01 Å with another.

        Raises ``UserError`` for an unknown keyword (with a suggestion), values out of range, and if CHGNet is missing
        with ``relax``.
        """
        options = _options(options, overrides)
        return self._stream(_settings(n, targets, options), checks, workers)

    def _stream(self, settings: Settings, checks: Sequence[str], workers: int) -> Iterator[GeneratedCrystal]:
        settings = settings.resolved(self.device, workers)
        check_compositions(self.sampler, settings.targets, settings.options)
        schemes = scheme_warnings((self.folder, self.surrogates) if self.folder else ())
        for warning in (*unseen_targets(settings.targets, self.surrogates), *schemes):
            warnings.warn(warning, stacklevel=3)
        batches = self.batches(settings, checks=checks)
        return (crystal for batch in RunFilter(settings.options.keep).apply(batches) for crystal in batch.crystals)

    def batches(
        self, settings: Settings, skip: int = 0, checks: Sequence[str] = HARD_CHECKS
    ) -> abc.Generator[Batch, None, None]:
        """The batches of a run in order, without the first ``skip``; ``settings`` must be resolved.

        The verdicts that compare crystals of different batches are missing: ``RunFilter`` adds them.
        """
        self.refuse_unknown(settings.targets)
        check_cell_size(settings.targets, most_atoms_of(self.sampler), settings.options)
        if settings.options.relax:
            load_relaxation()  # raises here instead of in a worker, and the workers share the potential
        # the user of a formula has chosen its charges
        charge = settings.options.charge and settings.targets.constraints().formula is None
        recipe = settings.options.compositions
        compositions = composition_filter(recipe) if recipe else None
        acceptance = AcceptanceTest([name for name in checks if name != "charge" or charge], compositions)
        partition = settings.partition
        what = (self.sampler, acceptance, partition, settings.targets, settings.options)
        make = FormulaBatches(*what) if settings.ranked else partial(make_batch, *what)
        return in_order(make, partition.batches[skip:], settings.run.workers)


def _options(options: GenerationOptions | None, overrides: Mapping[str, Any]) -> GenerationOptions:
    if options is not None and not isinstance(options, GenerationOptions):
        raise UserError(f"options = {options!r}: give GenerationOptions(seed=3, …), or keywords: generate(2, seed=3).")
    return (options or GenerationOptions()).with_overrides(overrides)


def _settings(n: int | None, targets: Targets | None, options: GenerationOptions) -> Settings:
    if n is None and not options.keep:
        raise UserError("the number of crystals is missing: give n or keep.")
    if targets is not None and not isinstance(targets, Targets):
        raise UserError(f"targets = {targets!r}: give Targets(…), e.g. Targets(chemical_system='Li-O').")
    run = read_record(RunOptions, {"n": options.keep if n is None else n}, noun="option")
    return Settings(run=run, targets=targets or Targets(), options=options)
