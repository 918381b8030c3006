"""What do you want? One file per kind of wish; this table says which option is of which kind, ``aliases.py`` what else
properties are called.

To add a property, add it to ``electrolith.gen.properties``; to add a kind, write a class with the four members of
``condition.Condition`` and add a line here.
"""

from __future__ import annotations

from ..gen.properties import PROPERTY_NAMES
from .condition import Condition
from .elements import ChemicalSystem, Elements, Exclude
from .formula import Formula
from .number_of_atoms import MaxAtoms, NumberOfAtoms
from .scalar import Scalar
from .space_group import CrystalSystem, SpaceGroup

CONDITIONERS: dict[str, type[Condition]] = {
    "space_group": SpaceGroup,
    "crystal_system": CrystalSystem,
    "max_atoms": MaxAtoms,
    "n_atoms": NumberOfAtoms,
    "chemical_system": ChemicalSystem,
    "elements": Elements,
    "exclude": Exclude,
    "formula": Formula,
    **dict.fromkeys(PROPERTY_NAMES, Scalar),
}
