"""Conditions on crystals: one file per kind of condition, and this table of the options that are hard constraints.

Every other target is a property: a shipped one, under its own name or one of ``aliases.py``, or a custom one of a
checkpoint of ``electrolith finetune``. To add a hard constraint, write a class with the members of ``base.Condition``
and add a line here.
"""

from __future__ import annotations

from ..gen.properties import SHIPPED, PropertySet
from .base import Condition
from .cell_size import MaxAtoms, NumberOfAtoms
from .element_constraints import ChemicalSystem, Elements, Exclude
from .formula import Formula
from .space_group import CrystalSystem, SpaceGroup

HARD_CONSTRAINTS: dict[str, type[Condition]] = {
    "space_group": SpaceGroup,
    "crystal_system": CrystalSystem,
    "max_atoms": MaxAtoms,
    "n_atoms": NumberOfAtoms,
    "chemical_system": ChemicalSystem,
    "elements": Elements,
    "exclude": Exclude,
    "formula": Formula,
}


def target_names(properties: PropertySet = SHIPPED) -> tuple[str, ...]:
    """Names of all targets: the hard constraints, then the properties of a checkpoint."""
    return (*HARD_CONSTRAINTS, *properties.names)
