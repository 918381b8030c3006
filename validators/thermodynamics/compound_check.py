"""Base of the checks against known compounds: of a crystal with its own formation energy, or of a formula."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from ..check import CompositionCheck
from .phase_diagram import own_formation_energy
from .rounded_formulas import neutral

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal
    from ..verdict import Verdict


class CompoundCheck(CompositionCheck):
    """A check against known compounds. Subclasses implement ``answer_compound``."""

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict with the crystal's own formation energy, if it is known."""
        return self.answer_compound(crystal.composition, own_formation_energy(crystal))

    def answer_composition(self, composition: Composition) -> Verdict:
        """The verdict on the known compound of this formula, or on the phases in equilibrium at it."""
        return self.answer_compound(neutral(composition), None)

    @abstractmethod
    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict on a composition; ``formation_energy`` is its own, eV/atom, if known."""
