"""Targets: all conditions of a user on the crystals, in one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..gen.cell_limits import MAX_ATOMS
from ..gen.errors import UserError, did_you_mean
from ..gen.properties import SHIPPED, PropertySet
from ..gen.skeleton.constraints import Constraints
from . import HARD_CONSTRAINTS, target_names
from .aliases import ALIASES, canonical_name
from .base import Condition, Contradiction
from .cell_size import FORMULA_ATOMS, USUAL_ATOMS, MaxAtoms, NumberOfAtoms
from .element_constraints import RADIOACTIVE, TRAINED_ELEMENTS, ChemicalSystem, Elements
from .feasible_cells import keep_feasible, smallest_cell
from .formula import Formula
from .formula_units import units_text
from .interval import TargetValue, intersections
from .property_target import PropertyTarget

if TYPE_CHECKING:
    Names = str | Iterable[str]


@dataclass(frozen=True, init=False)
class Targets:
    """Hard constraints, which always hold, and property targets, which steer the generation.

    option           meaning
    space_group      a number or Hermann-Mauguin symbol, or several: 225, "Fm-3m", "221,225", [221, 225]
    crystal_system   e.g. "cubic"
    chemical_system  exactly these elements, "Li-P-S"
    elements         at least these elements, "Li,O"
    exclude          none of these elements, "F,Cl"
    formula, z       this composition, "Li3PS4", with z formula units in the primitive cell: 4, "1,2,4" or "1..8"
    n_atoms          atoms in the primitive cell, 12 or "8..16" or (8, 16)
    max_atoms        at most this number, up to 200 (20, with a formula 52, unless n_atoms, formula or z need more)
    any property     a number, (low, high), "80..120", ">=200" or AtLeast(200); its name is in ``properties`` or in
                     ``aliases.py``
    properties       the properties of a checkpoint, ``generator.property_set``; default: the shipped ones

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
        z: int | str | Iterable[int | str] | None = None,
        n_atoms: int | str | tuple[int, int] | None = None,
        max_atoms: int | str | None = None,
        properties: PropertySet = SHIPPED,
        **values: TargetValue | None,
    ) -> None:
        constraints: dict[str, object] = {
            "space_group": space_group, "crystal_system": crystal_system, "chemical_system": chemical_system,
            "elements": elements, "exclude": exclude, "formula": formula, "n_atoms": n_atoms, "max_atoms": max_atoms,
        }  # fmt: skip
        for name in values:
            _check_name(name, properties)
        intervals = intersections((name, value) for name, value in values.items() if value is not None)
        conditions: list[Condition] = [
            kind.parse(name, constraints[name])
            for name, kind in HARD_CONSTRAINTS.items()
            if constraints.get(name) is not None
        ]
        conditions += [PropertyTarget.parse(k, intervals[k], properties) for k in properties.names if k in intervals]
        if z is not None:
            if formula is None:
                raise UserError("z counts formula units: give a formula with it.")
            conditions = [c.times(z) if isinstance(c, Formula) else c for c in conditions]
        object.__setattr__(self, "conditions", tuple(conditions))
        self.constraints()  # raises here for contradictions

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], properties: PropertySet = SHIPPED) -> Targets:
        """Targets of option names and values, e.g. texts of a YAML file; ``properties`` are those of the checkpoint."""
        for name in values:
            if name != "z":
                _check_name(name, properties)
        return cls(properties=properties, **dict(values))  # type: ignore[arg-type]  # each condition checks its value

    def as_mapping(self) -> dict[str, str]:
        """Option names and texts as ``from_mapping`` reads them."""
        texts = {c.name: c.text for c in self.conditions}
        z = next((c.z for c in self.conditions if isinstance(c, Formula)), ())
        return texts | ({"z": units_text(z)} if z else {})

    def constraints(self) -> Constraints:
        """Constraints that hold for every skeleton; raises ``UserError`` when two conditions exclude each other.

        If no number of atoms is requested and cells of the usual size are too small, the smallest possible is allowed.
        """
        usual = self._combined(self._usual_room())
        groups = usual.space_groups
        if not self.size_requested and groups and smallest_cell(groups, usual, usual.max_atoms) is None:
            room = smallest_cell(groups, usual, MAX_ATOMS)
            usual = usual if room is None else replace(usual, max_atoms=room)
        return keep_feasible(usual, next((c.text for c in self.conditions if isinstance(c, Formula)), ""))

    def _combined(self, room: int) -> Constraints:
        allowed = TRAINED_ELEMENTS - (RADIOACTIVE - self._wanted)
        result = start = Constraints(allowed=allowed, max_atoms=room)
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
        """Target values of one crystal: one draw for each property target, the same for the same seed."""
        rng = np.random.default_rng(seed)
        return {target.name: target.draw(rng) for target in self.property_targets}

    @property
    def property_targets(self) -> tuple[PropertyTarget, ...]:
        """The conditions that are property targets, in the order of the checkpoint's properties."""
        return tuple(c for c in self.conditions if isinstance(c, PropertyTarget))

    @property
    def _wanted(self) -> frozenset[int]:
        """The elements that are named, except to exclude them."""
        listed = [c.numbers for c in self.conditions if isinstance(c, Elements | ChemicalSystem)]
        listed += [tuple(number for number, _ in c.counts) for c in self.conditions if isinstance(c, Formula)]
        return frozenset().union(*listed)

    @property
    def size_requested(self) -> bool:
        """Whether a number of atoms or a limit is given."""
        return any(isinstance(c, MaxAtoms | NumberOfAtoms) for c in self.conditions)

    @property
    def formula_alone(self) -> bool:
        """Whether a formula and no property is asked for: structure prediction."""
        return any(isinstance(c, Formula) for c in self.conditions) and not self.property_targets

    @property
    def open_formula(self) -> Formula | None:
        """The formula, if neither formula units nor a size of the cell are given."""
        formula = next((c for c in self.conditions if isinstance(c, Formula)), None)
        return None if formula is None or formula.z or self.size_requested else formula

    def _usual_room(self) -> int:
        """Atoms of the largest cell, unless another number is requested."""
        if self.size_requested:
            return MAX_ATOMS
        formula = next((c for c in self.conditions if isinstance(c, Formula)), None)
        if formula is not None and formula.smallest > MAX_ATOMS:
            raise UserError(
                f"{formula.text} needs {formula.smallest} atoms; "
                f"the models know primitive cells of at most {MAX_ATOMS}."
            )
        return USUAL_ATOMS if formula is None else min(max(FORMULA_ATOMS, formula.largest), MAX_ATOMS)


def _check_name(name: str, properties: PropertySet) -> None:
    """Raises ``UserError`` for a name that is not a target."""
    known = target_names(properties)
    if canonical_name(name) not in known:
        hint = did_you_mean(name, (*known, *ALIASES))
        custom = "" if hint else "; a custom property needs its checkpoint"
        raise UserError(f"{name!r} is not a target.{hint} There are: {', '.join(known)}{custom}.")


def check_target(name: str, value: object, properties: PropertySet = SHIPPED) -> None:
    """Raises ``UserError`` for a name that is not a target, and for a value that is not one of it."""
    if name == "z" or value is None:
        return
    _check_name(name, properties)
    if name in HARD_CONSTRAINTS:
        HARD_CONSTRAINTS[name].parse(name, value)
    else:
        PropertyTarget.parse(canonical_name(name), value, properties)


def _exclude(start: Constraints, one: Condition, other: Condition) -> bool:
    """Whether two conditions contradict each other by themselves."""
    try:
        other.constrain(one.constrain(start))
    except Contradiction:
        return True
    return False
