"""What do you want? One file per kind of wish; this table says which option is of which kind, ``aliases.py`` what else
properties are called.

A property of one's own needs no line here: ``electrolith finetune`` makes it known. To add a kind of wish, write a
class with the four members of ``condition.Condition`` and add a line here.
"""

from __future__ import annotations

from ..gen.properties import PROPERTY_NAMES
from .base import Condition
from .cell_size import MaxAtoms, NumberOfAtoms
from .elements import ChemicalSystem, Elements, Exclude
from .formula import Formula
from .property_target import PropertyTarget
from .space_group import CrystalSystem, SpaceGroup

HARD: dict[str, type[Condition]] = {
    "space_group": SpaceGroup,
    "crystal_system": CrystalSystem,
    "max_atoms": MaxAtoms,
    "n_atoms": NumberOfAtoms,
    "chemical_system": ChemicalSystem,
    "elements": Elements,
    "exclude": Exclude,
    "formula": Formula,
}


def conditioners() -> dict[str, type[Condition]]:
    """Every option by name: these, and all properties that are known now."""
    return HARD | dict.fromkeys(PROPERTY_NAMES, PropertyTarget)
