"""Everything that a user asks of the crystals, in one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..gen.errors import UserError, did_you_mean
from ..gen.skeleton.constraints import Constraints
from . import conditioners
from .aliases import ALIASES, own_name
from .base import Condition, Contradiction
from .cell_size import LARGEST, USUAL, MaxAtoms, NumberOfAtoms
from .elements import KNOWN
from .feasible_cells import keep_feasible, smallest_cell
from .formula import Formula
from .interval import Wanted, all_of
from .property_target import PropertyTarget

if TYPE_CHECKING:
    Names = str | Iterable[str]


@dataclass(frozen=True, init=False)
class Targets:
    """What the crystals must be (hard: always holds) and should be (soft: properties the models lean towards).

    option           asks for
    space_group      a number or Hermann-Mauguin symbol, or several: 225, "Fm-3m", "221,225", [221, 225]
    crystal_system   e.g. "cubic"
    chemical_system  exactly these elements, "Li-P-S"
    elements         at least these, "Li,O"
    exclude          none of these, "F,Cl"
    formula, z       this composition, "Li3PS4", with z formula units in the primitive cell
    n_atoms          atoms in the primitive cell, 12 or "8..16" or (8, 16)
    max_atoms        no more than this (20 unless n_atoms or formula ask for more; the models know up to 52)
    any property     a number, (low, high), "80..120", ">=200" or AtLeast(200): ``electrolith.gen.properties``, or one
                     of its names in ``aliases.py``

    Mistakes and contradictions raise ``UserError``.
    """

    conditions: tuple[Condition, ...]

    def __init__(
        self,
        *,
        space_group: int | str | Iterable[int | str] | None = None,
        crystal_system: Names | None = None,
        chemical_system: Names | None = None,
        elements: Names | None = None,
        exclude: Names | None = None,
        formula: str | None = None,
        z: int | str | None = None,
        n_atoms: int | str | tuple[int, int] | None = None,
        max_atoms: int | str | None = None,
        **properties: Wanted | None,
    ) -> None:
        wanted: dict[str, object] = {
            "space_group": space_group, "crystal_system": crystal_system, "chemical_system": chemical_system,
            "elements": elements, "exclude": exclude, "formula": formula, "n_atoms": n_atoms, "max_atoms": max_atoms,
        }  # fmt: skip
        for name in properties:
            _known(name)
        wanted |= all_of((name, value) for name, value in properties.items() if value is not None)
        given = [(name, kind) for name, kind in conditioners().items() if wanted.get(name) is not None]
        conditions = [kind.parse(name, wanted[name]) for name, kind in given]
        if z is not None:
            if formula is None:
                raise UserError("z counts formula units: give a formula with it.")
            conditions = [c.times(z) if isinstance(c, Formula) else c for c in conditions]
        object.__setattr__(self, "conditions", tuple(conditions))
        self.constraints()  # contradictions are the user's mistake: say so at once

    @classmethod
    def from_mapping(cls, texts: Mapping[str, object]) -> Targets:
        """From option names and what was written for them, e.g. out of YAML."""
        for name in texts:
            if name != "z":
                _known(name)
        return cls(**dict(texts))  # type: ignore[arg-type]  # every conditioner checks its own value

    def as_mapping(self) -> dict[str, str]:
        """Option names and texts: what ``from_mapping`` reads."""
        texts = {c.name: c.text for c in self.conditions}
        z = next((c.z for c in self.conditions if isinstance(c, Formula)), None)
        return texts | ({"z": str(z)} if z else {})

    def constraints(self) -> Constraints:
        """What must hold for every skeleton; raises ``UserError`` when two wishes exclude each other.

        Where no number of atoms is asked for and the usual cells are too small, the smallest that can do are made.
        """
        usual = self._combined(self._usual_room())
        groups = usual.space_groups
        if not self._size_asked and groups and smallest_cell(groups, usual, usual.max_atoms) is None:
            room = smallest_cell(groups, usual, LARGEST)
            usual = usual if room is None else replace(usual, max_atoms=room)
        return keep_feasible(usual, next((c.text for c in self.conditions if isinstance(c, Formula)), ""))

    def _combined(self, room: int) -> Constraints:
        result = start = Constraints(allowed=KNOWN, max_atoms=room)
        for k, condition in enumerate(self.conditions):
            try:
                result = condition.constrain(result)
            except Contradiction as error:
                other = next((c for c in self.conditions[:k] if _exclude(start, c, condition)), None)
                against = f" contradicts {other.name} = {other.text}" if other else " contradicts the other options"
                raise UserError(
                    f"{condition.name} = {condition.text}{against}: {error}. Change one of them."
                ) from error
        return result

    def properties(self, seed: int) -> dict[str, float]:
        """The soft targets of one sample: one draw for each property, the same for the same seed."""
        rng = np.random.default_rng(seed)
        return {c.name: c.draw(rng) for c in self.wishes}

    @property
    def wishes(self) -> tuple[PropertyTarget, ...]:
        """The properties asked for."""
        return tuple(c for c in self.conditions if isinstance(c, PropertyTarget))

    @property
    def _size_asked(self) -> bool:
        return any(isinstance(c, MaxAtoms | NumberOfAtoms) for c in self.conditions)

    def _usual_room(self) -> int:
        """The largest cell unless one is asked for."""
        if self._size_asked:
            return LARGEST
        formula = next((c for c in self.conditions if isinstance(c, Formula)), None)
        if formula is not None and formula.smallest > LARGEST:
            raise UserError(
                f"{formula.text} needs {formula.smallest} atoms; the models know primitive cells of at most {LARGEST}."
            )
        return max(USUAL, formula.smallest if formula is not None else 0)


def _known(name: str) -> None:
    known = conditioners()
    if own_name(name) not in known:
        hint = did_you_mean(name, (*known, *ALIASES))
        own = "" if hint else "; one of your own needs the checkpoint that has learnt it"
        raise UserError(f"{name!r} is not a target.{hint} There are: {', '.join(known)}{own}.")


def _exclude(start: Constraints, one: Condition, other: Condition) -> bool:
    """Whether two conditions alone contradict each other."""
    try:
        other.constrain(one.constrain(start))
    except Contradiction:
        return True
    return False
