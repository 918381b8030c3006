"""What checks share that ask known compounds: of a crystal with its own formation energy, or of a formula."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from ..check import CompositionCheck
from .phase_diagram import own_formation_energy

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal
    from ..verdict import Verdict


class CompoundCheck(CompositionCheck):
    """Subclasses answer in ``answer_compound``."""

    def answer(self, crystal: Crystal) -> Verdict:
        """With the crystal's own formation energy where it is known."""
        return self.answer_compound(crystal.composition, own_formation_energy(crystal))

    def answer_composition(self, composition: Composition) -> Verdict:
        """With the known compound of this formula, or the phases in equilibrium at it."""
        return self.answer_compound(composition, None)

    @abstractmethod
    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict on a composition, whose formation energy (eV/atom) may be known."""
