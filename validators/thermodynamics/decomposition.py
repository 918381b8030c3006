"""Check ``decomposition``: energy above the hull of known compounds, and decomposition products.

It needs a compound of the shipped table, or a crystal whose input file has a column ``formation_energy_per_atom``;
``stability`` does the same for any crystal with a potential. Hull and products: ``phase_diagram``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.data.chemical_system import NoCompounds
from ...gen.errors import UserError
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formulas import formula_of
from .phase_diagram import HULL_ERROR, decomposition, known_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition


class Decomposition(CompoundCheck):
    """Check of the energy above the hull. Value, in eV/atom: negative for a compound more stable than all known ones.

    argument   meaning                                                  unit
    at_most    limit; None: report the energy, always pass               eV/atom
    entries    custom table of known compounds, see ``compounds``
    margin     error beyond which a height is no near miss          eV/atom
    """

    name: ClassVar[str] = "decomposition"
    question: ClassVar[str] = "How far above the known compounds does it lie, and what would it decompose into?"
    unit: ClassVar[str] = "eV/atom"

    def __init__(self, at_most: float | None = None, entries: str | None = None, margin: float = HULL_ERROR) -> None:
        if at_most is not None and at_most < 0:
            raise UserError(f"No known compound is below the hull: at_most {at_most:g} eV/atom passes none of them.")
        require_margin(margin)
        known_compounds(entries)  # an unreadable table is an error here
        self.at_most = at_most
        self.entries = entries
        self.margin = margin

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict from the known compounds at this composition."""
        try:
            height, products = decomposition(composition, formation_energy, self.entries)
        except NoCompounds as error:
            return self.verdict(None, limit=self.at_most, reason=str(error))
        details = (Detail("most stable known mixture", products),)
        formula = formula_of(composition)
        if height is None:
            reason = f"the formation energy of {formula} is not known; the most stable known mixture is {products}"
            return self.verdict(None, limit=self.at_most, reason=reason, details=details)
        found = compared([excess(height, at_most=self.at_most)], self.margin, self.unit)
        if height > 0:
            where = f"{height:.3f} eV/atom above {products}"
        elif products == formula:
            where = "on the hull"
        else:
            where = f"{-height:.3f} eV/atom below {products}"
        return self.verdict(
            found.passed, height, HULL_ERROR, limit=self.at_most, reason=where + found.remark, details=details,
            near_miss=found.near_miss,
        )  # fmt: skip
