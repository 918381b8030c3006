"""Records of a run: generated crystals with verdicts and predictions, and rejected candidates with the reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ..gen.crystal import Crystal
from ..gen.sampling.candidate import Relaxation
from ..gen.symmetry.orbits import Orbits, crystal_of
from ..prediction.predicted_value import Value
from ..validators.verdict import Verdict

if TYPE_CHECKING:
    from pymatgen.core import Structure

TARGETS_CHECK = "targets"  # the check of a run with keep: the crystal must be predicted to meet every target
STABILITY_CHECK = "predicted stability"  # the check of the gate: the predicted energy above the hull has a limit
RANK_CHECK = "rank"  # of a formula: better candidates took the slots
UNIQUE_CHECK = "unique"  # the check that compares a crystal with the earlier ones of its run


@dataclass(frozen=True, eq=False)
class GeneratedCrystal:
    """One crystal that passed the checks.

    symbol               meaning
    slot, attempt        number of the crystal in the run, and number of the attempt that passed; both from 0
    seed                 seed of that attempt
    log_likelihood       of the skeleton under its model, nats
    space_group_asked    number that the skeleton was generated with, one of the requested groups
    space_group_found    number that spglib finds at 0.1 Å
    space_group_strict   number that spglib finds at 0.01 Å
    orbits               the crystal as orbits in spglib's standard cell
    asked                property targets: property → value requested of this crystal
    predicted            property targets: property → prediction of the surrogates, where they have one
    verdicts             results of the checks, in the order of the checks
    relaxation           data of the relaxation; None without relaxation
    height               predicted energy above the hull, eV/atom
    redrawn              skeletons passed over: charges out of balance, known, or predicted to be unstable
    merged               of a formula: other candidates that are the same crystal
    rank                 of a formula: place by energy in the batch, from 1; None without a ranking
    chemistry_asked      family of compounds that the quota gives this crystal; empty without one
    """

    slot: int
    attempt: int
    seed: int
    log_likelihood: float
    space_group_asked: int
    space_group_found: int | None
    space_group_strict: int | None
    orbits: Orbits
    asked: Mapping[str, float] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    redrawn: int = 0
    predicted: Mapping[str, Value] = field(default_factory=dict)
    relaxation: Relaxation | None = None
    height: float = math.nan
    merged: int = 0
    rank: int | None = None
    chemistry_asked: str = ""

    @property
    def id(self) -> str:
        """Name within the run, e.g. ``gen_000017``."""
        return slot_id(self.slot)

    @cached_property
    def crystal(self) -> Crystal:
        """The symmetrised crystal in the conventional standard cell."""
        return crystal_of(self.orbits, self.id)

    @property
    def structure(self) -> Structure:
        """The crystal as a pymatgen ``Structure``."""
        return self.crystal.structure

    @property
    def formula(self) -> str:
        """Reduced formula, e.g. ``Li3PS4``."""
        return self.crystal.formula

    def rejected(self, check: str, reason: str) -> Rejected:
        """The record of this crystal after it failed a check."""
        group, label = self.space_group_asked, self.orbits.label
        return Rejected(
            self.slot, self.attempt, self.seed, self.formula, group, label, check, reason,
            chemistry_asked=self.chemistry_asked,
        )  # fmt: skip

    def verdict(self, name: str) -> Verdict | None:
        """The verdict of one check; None if the check was not applied."""
        return next((v for v in self.verdicts if v.name == name), None)


@dataclass(frozen=True)
class Rejected:
    """An attempt that gave no crystal.

    ``check`` is the check that failed: ``draw`` if the models gave no candidate, ``relaxation`` if the candidate could
    not be relaxed, ``predicted stability`` if it is predicted to lie too far above the hull, ``targets`` if a
    prediction misses a target, ``unique`` if an earlier crystal of the run is the same. ``internal_error`` marks an
    exception in our own code: it says nothing about the crystal.
    """

    slot: int
    attempt: int
    seed: int
    formula: str
    space_group: int | None
    orbits: str
    check: str
    reason: str
    internal_error: bool = False
    chemistry_asked: str = ""

    @property
    def id(self) -> str:
        """Name that the crystal would have had."""
        return slot_id(self.slot)


Outcome = GeneratedCrystal | Rejected


@dataclass(frozen=True, eq=False)
class Batch:
    """Result of one batch of slots; ``exhausted`` are the slots whose attempts all failed."""

    index: int
    crystals: tuple[GeneratedCrystal, ...]
    rejected: tuple[Rejected, ...]
    exhausted: tuple[int, ...]


def slot_id(slot: int) -> str:
    """Name of the crystal of a slot."""
    return f"gen_{slot:06d}"
