"""What a run makes: crystals with everything known of them, and rejected candidates with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ..gen.crystal import Crystal
from ..gen.sampling.candidate import Relaxation
from ..gen.symmetry.orbits import Orbits, crystal_of
from ..validators.verdict import Verdict

if TYPE_CHECKING:
    from pymatgen.core import Structure

    from ..prediction.prediction import Value


@dataclass(frozen=True, eq=False)
class GeneratedCrystal:
    """One crystal that passed the checks.

    symbol               meaning
    slot, attempt        which crystal of the run it is, and at which try it passed; both from 0
    seed                 seed of that attempt
    log_likelihood       of the skeleton under its model, nats
    space_group_asked    number that the skeleton was made with, one of those asked for
    space_group_found    number that spglib finds at 0.1 Å
    space_group_strict   number that spglib finds at 0.01 Å
    orbits               the crystal as orbits in spglib's standard cell
    asked                soft targets: property → value asked of this crystal
    predicted            soft targets: property → what the surrogates say, where they can
    verdicts             answers of the checks, in the order in which they were asked
    relaxation           how it was relaxed, if it was
    redrawn              skeletons passed over: charges out of balance, known, or predicted to be unstable
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
        """The same as a pymatgen ``Structure``."""
        return self.crystal.structure

    @property
    def formula(self) -> str:
        """Reduced formula, e.g. ``Li3PS4``."""
        return self.crystal.formula

    def rejected(self, check: str, reason: str) -> Rejected:
        """The attempt, should it be given up for this."""
        group, label = self.space_group_asked, self.orbits.label
        return Rejected(self.slot, self.attempt, self.seed, self.formula, group, label, check, reason)

    def verdict(self, name: str) -> Verdict | None:
        """The answer of one check, if it was asked."""
        return next((v for v in self.verdicts if v.name == name), None)


@dataclass(frozen=True)
class Rejected:
    """An attempt that gave no crystal.

    ``check`` names what it failed: ``draw`` where the models made none, ``relaxation`` where it could not be relaxed,
    ``targets`` where it lacks a property, ``unique`` where a crystal kept before is the same.
    """

    slot: int
    attempt: int
    seed: int
    formula: str
    space_group: int | None
    orbits: str
    check: str
    reason: str

    @property
    def id(self) -> str:
        """Name of the crystal it would have been."""
        return slot_id(self.slot)


@dataclass(frozen=True, eq=False)
class Batch:
    """What one chunk of slots gave; ``spent`` are the slots that used up their attempts."""

    index: int
    made: tuple[GeneratedCrystal, ...]
    rejected: tuple[Rejected, ...]
    spent: tuple[int, ...]


def slot_id(slot: int) -> str:
    """The name of a slot's crystal."""
    return f"gen_{slot:06d}"
