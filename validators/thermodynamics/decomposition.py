"""How far above the known compounds does this one lie, and what would it decompose into?

For a compound that the shipped table knows, or a crystal whose ``info`` carries a formation energy; ``stability`` asks
the same of any crystal with a potential. Hull and products: ``phases``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.data.chemical_system import NoCompounds
from ...gen.errors import UserError
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formulas import formula_of
from .phase_diagram import decomposition, known_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition

UNIT = "eV/atom"


class Decomposition(CompoundCheck):
    """Value: energy above the hull, eV/atom; negative for what is more stable than all that is known.

    symbol     meaning                                                            unit
    at_most    the energy above the hull is no higher; None: any                  eV/atom
    entries    table of known compounds instead of the shipped one (``phases``)
    """

    name: ClassVar[str] = "decomposition"
    question: ClassVar[str] = "How far above the known compounds does it lie, and what would it decompose into?"
    unit: ClassVar[str] = "eV/atom"

    def __init__(self, at_most: float | None = None, entries: str | None = None) -> None:
        if at_most is not None and at_most < 0:
            raise UserError(f"No known compound lies below the hull: at_most {at_most:g} eV/atom passes none of them.")
        known_compounds(entries)  # an unreadable table is an error here
        self.at_most = at_most
        self.entries = entries

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """With the known compounds at this composition."""
        try:
            height, products = decomposition(composition, formation_energy, self.entries)
        except NoCompounds as error:
            return Verdict(self.name, None, unit=UNIT, limit=self.at_most, reason=str(error))
        details = (Detail("most stable known mixture", products),)
        formula = formula_of(composition)
        if height is None:
            reason = f"no formation energy of {formula} is known; the most stable known mixture is {products}"
            return Verdict(self.name, None, None, None, UNIT, self.at_most, reason, details)
        passed = self.at_most is None or height <= self.at_most
        if height > 0:
            where = f"{height:.3f} eV/atom above {products}"
        elif products == formula:
            where = "on the hull"
        else:
            where = f"{-height:.3f} eV/atom below {products}"
        return Verdict(self.name, passed, height, None, UNIT, self.at_most, where, details)
