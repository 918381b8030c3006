"""Check ``stability``: energy above the hull by the energy of a potential, and decomposition products.

The formation energy is the energy of the potential minus the fitted zeros of the elements (``formation_energy``). The
hull is that of the Materials Project and WBM (``phase_diagram``). The energy of an unrelaxed crystal is too high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError, unexpected
from ..check import Check
from ..relaxation.potential_energy import energy_per_atom, known_energy, unphysical
from ..relaxation.potentials import CHGNET, strange_elements
from ..verdict import Detail, Verdict
from .formation_energy import formation_energy, references
from .phase_diagram import decomposition

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

AT_MOST = 0.1  # eV/atom, as in MatterGen (Zeni et al., Nature 639, 624, 2025)
MAX_ATOMS = 500


class Stability(Check):
    """Check of the stability. Value: energy above the hull, eV/atom; spread: error of the formation energies.

    argument   meaning                                                                          unit
    at_most    limit; None: report the energy, always pass                                       eV/atom
    potential  by name; the energy of an earlier relaxation with it is used, if there is one
    max_atoms  largest number of atoms for which an energy is computed
    """

    name: ClassVar[str] = "stability"
    question: ClassVar[str] = "How far above the hull is it by a potential, and what would it decompose into?"
    unit: ClassVar[str] = "eV/atom"

    def __init__(self, at_most: float | None = AT_MOST, potential: str = CHGNET, max_atoms: int = MAX_ATOMS) -> None:
        references(potential)
        if max_atoms < 1:
            raise UserError("Stability needs at least one atom.")
        self.at_most = at_most
        self.potential = potential
        self.max_atoms = max_atoms

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes up to the limit above the hull; unknown if the potential or the hull has no answer."""
        energy, relaxed = self._energy(crystal)
        if isinstance(energy, str):
            return self._unknown(energy)
        try:
            formation = formation_energy(crystal, energy, self.potential)
        except KeyError as error:
            return self._unknown(f"no reference energy is known for atomic number {error}")
        height, products = decomposition(crystal.composition, formation)
        if height is None:
            return self._unknown("no known compounds mix to this composition")
        details = (
            Detail("formation energy", formation, "eV/atom"),
            Detail("decomposes into", products),
            Detail("potential", self.potential),
            Detail("relaxed", "yes" if relaxed else "no"),
        )
        side = "above" if height >= 0 else "below"
        reason = f"{abs(height):.3f} eV/atom {side} the hull of {products}"
        passed = self.at_most is None or height <= self.at_most
        spread = references(self.potential).spread
        return self.verdict(passed, height, spread, limit=self.at_most, reason=reason, details=details)

    def _energy(self, crystal: Crystal) -> tuple[float | str, bool]:
        """Energy (eV/atom), or why there is none; and whether it is that of a relaxation."""
        known = known_energy(crystal, self.potential)
        if known is not None:
            return known, True
        if len(crystal) > self.max_atoms:
            return f"more than {self.max_atoms} atoms (limit of this check)", False
        flaw = strange_elements(crystal, self.potential) or unphysical(crystal)
        if flaw:
            return flaw, False
        try:
            return energy_per_atom(crystal, self.potential), False
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001  e.g. an element that the potential does not know
            return f"{self.potential} has no answer: {unexpected(error, self.potential)}", False

    def _unknown(self, reason: str) -> Verdict:
        return self.verdict(None, limit=self.at_most, reason=reason)
