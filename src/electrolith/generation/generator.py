"""The Python interface: a generator with its weights, that gives crystals."""

from __future__ import annotations

import warnings
from collections import abc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..conditioners.targets import Targets
from ..gen.errors import UserError, did_you_mean
from ..gen.properties import SHIPPED, PropertySet
from ..gen.sampling.crystal_sampler import CrystalSampler
from ..gen.weight_files import DEFAULT_FOLDER
from ..parallel.ordered_pool import in_order
from .acceptance import AcceptanceTest
from .batch import CandidateSource, RunFilter, make_batch
from .options import HARD, GenerationOptions
from .partition import Partition
from .records import Batch, GeneratedCrystal
from .relax_candidates import relaxing
from .settings import Settings
from .target_filter import unseen_targets


class Generator:
    """Makes crystals that are what the targets say.

    >>> generator = Generator.from_pretrained()
    >>> crystals = generator.generate(100, Targets(space_group=225, chemical_system="Li-O"), seed=0)
    >>> crystals[0].structure
    """

    def __init__(self, sampler: CandidateSource) -> None:
        self.sampler = sampler

    @classmethod
    def from_pretrained(cls, checkpoint: str | Path = "default", device: str = "auto") -> Generator:
        """With the weights in the package, or those of a folder; ``device`` is ``auto``, ``cpu``, ``cuda`` ….

        Raises ``UserError`` for a checkpoint that does not exist, ``ElectrolithError`` for a damaged one.
        """
        return cls(CrystalSampler.load(checkpoint, device))

    @property
    def device(self) -> str:
        """Where the models compute."""
        return str(getattr(self.sampler, "device", "cpu"))

    @property
    def weight_hashes(self) -> dict[str, str]:
        """SHA-256 of each weight file."""
        return dict(getattr(self.sampler, "hashes", {}))

    @property
    def surrogates(self) -> Path:
        """The folder of the weights that predict properties."""
        return Path(getattr(self.sampler, "surrogates", DEFAULT_FOLDER))

    @property
    def property_set(self) -> PropertySet:
        """The properties of its checkpoint, with units and scales."""
        properties = getattr(self.sampler, "properties", SHIPPED)
        assert isinstance(properties, PropertySet)
        return properties

    @property
    def properties(self) -> list[str]:
        """Names of the properties that can be targets."""
        return list(self.property_set.names)

    def targets(self, **values: Any) -> Targets:
        """Targets of this checkpoint, whose custom properties ``Targets`` alone does not know: its keywords."""
        return Targets(**{"properties": self.property_set} | values)

    def refuse_unknown(self, targets: Targets) -> None:
        """Raises ``UserError`` for a target that only another checkpoint knows, or knows with another scale."""
        for wish in targets.property_targets:
            if wish.quantity in self.property_set:
                continue
            if wish.name in self.properties:
                raise UserError(
                    f"{wish.name} has another unit, scale or range in this checkpoint: make the targets with "
                    f"generator.targets({wish.name}=…)."
                )
            hint = did_you_mean(wish.name, self.properties)
            raise UserError(
                f"unknown property {wish.name!r}: this checkpoint has not learnt it.{hint} It knows "
                f"{', '.join(self.properties)}."
            )

    def generate(
        self,
        n: int | None = None,
        targets: Targets | None = None,
        *,
        seed: int = 0,
        steps: int | None = None,
        batch_size: int | None = None,
        workers: int = 1,
        max_attempts: int = 20,
        keep: int | None = None,
        confidence: float = 0.0,
        max_candidates: int | None = None,
        guidance: float = 2.0,
        checks: Sequence[str] = HARD,
        stable: bool = True,
        new: bool = True,
        fit: bool = True,
        relax: bool = False,
    ) -> list[GeneratedCrystal]:
        """``n`` crystals that pass the checks; fewer, with a warning, where attempts run out. See ``stream``."""
        made = list(
            self.stream(
                n, targets, seed=seed, steps=steps, batch_size=batch_size, workers=workers, max_attempts=max_attempts,
                keep=keep, confidence=confidence, max_candidates=max_candidates, guidance=guidance, checks=checks,
                stable=stable, new=new, fit=fit, relax=relax,
            )
        )  # fmt: skip
        asked = keep or n or 0
        if len(made) < asked:
            why = "no candidate was left for them" if keep else f"failed the checks {max_attempts} times each"
            warnings.warn(f"{asked - len(made)} of {asked} crystals are missing: {why}", stacklevel=2)
        return made

    def stream(
        self,
        n: int | None = None,
        targets: Targets | None = None,
        *,
        seed: int = 0,
        steps: int | None = None,
        batch_size: int | None = None,
        workers: int = 1,
        max_attempts: int = 20,
        keep: int | None = None,
        confidence: float = 0.0,
        max_candidates: int | None = None,
        guidance: float = 2.0,
        checks: Sequence[str] = HARD,
        stable: bool = True,
        new: bool = True,
        fit: bool = True,
        relax: bool = False,
    ) -> Iterator[GeneratedCrystal]:
        """The same crystals as they are made, batch by batch.

        The same seed gives the same crystals: bit for bit at the same ``batch_size``, to 0.01 Å at any other.
        ``workers`` forks that many processes; do so before torch has computed anything in yours. With ``keep`` instead
        of ``n`` it goes on until so many, no two alike, have all properties asked for, as far as the surrogates can
        say, or ``max_candidates`` were made (100 for each); with ``confidence`` those count whose chance to have all
        of them is at least that. With ``relax`` candidates are relaxed with CHGNet first, seconds for each: what is
        checked and predicted is the relaxed crystal. Raises ``UserError`` where CHGNet is missing.
        """
        if keep is None and n is None:
            raise UserError("say how many crystals to make: n, or keep.")
        settings = Settings(
            n or keep or 0, seed, targets or Targets(), steps, guidance, max_attempts, keep or 0, confidence,
            max_candidates or 0, stable=stable, new=new, fit=fit, relax=relax, batch_size=batch_size or 0,
        ).resolved(self.device, workers)  # fmt: skip
        for warning in unseen_targets(settings.targets, self.surrogates):
            warnings.warn(warning, stacklevel=3)
        how = replace(settings.how, checks=tuple(checks))
        within_run = RunFilter(settings.keep)
        for chunk in within_run.of(self.chunks(settings.slots, settings.targets, how, workers=workers)):
            yield from chunk.made

    def chunks(
        self, slots: Partition, targets: Targets, how: GenerationOptions, skip: int = 0, workers: int = 1
    ) -> abc.Generator[Batch, None, None]:
        """The chunks of a run in order, but for the first ``skip``; ``RunFilter`` adds the verdicts that span them."""
        self.refuse_unknown(targets)
        if how.relax:
            relaxing()  # raises here what no worker should, and is shared by all
        # whoever names a formula has chosen its charges
        checks = [name for name in how.checks if name != "charge" or targets.constraints().formula is None]
        make = partial(make_batch, self.sampler, AcceptanceTest(checks), slots, targets, how)
        return in_order(make, slots.chunks[skip:], workers)
