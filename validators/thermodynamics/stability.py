"""How far above the hull of known compounds does it lie, and what would it decompose into?

The formation energy is the potential's energy less the fitted zeros of its elements (``formation``); the hull is that
of the Materials Project and WBM (``phases``). Energies of a crystal that was not relaxed are too high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError, unexpected
from ..check import Check
from ..relaxation.potentials import CHGNET, energy_per_atom, known_energy, unphysical
from ..verdict import Detail, Verdict
from .formation_energy import formation_energy, references
from .phase_diagram import decomposition

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

AT_MOST = 0.1  # eV/atom, as in MatterGen (Zeni et al., Nature 639, 624, 2025)
MAX_ATOMS = 500


class Stability(Check):
    """Value: energy above the hull, eV/atom; its spread is the error of formation energies from this potential.

    argument   meaning
    at_most    eV/atom; None: tell it, pass always
    potential  by name; an energy that a relaxation with it left in ``info`` is used, else the crystal as it is
    max_atoms  of a crystal whose energy must be computed
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
        """Passes at most so far above the hull."""
        energy, relaxed = self._energy(crystal)
        if isinstance(energy, str):
            return self._said(None, energy)
        try:
            formation = formation_energy(crystal, energy, self.potential)
        except KeyError as error:
            return self._said(None, f"no zero of formation energies is known for atomic number {error}")
        height, products = decomposition(crystal.composition, formation)
        if height is None:
            return self._said(None, "no known compounds mix to this composition")
        details = (
            Detail("formation energy", formation, "eV/atom"),
            Detail("decomposes into", products),
            Detail("potential", self.potential),
            Detail("relaxed", "yes" if relaxed else "no"),
        )
        side = "above" if height >= 0 else "below"
        reason = f"{abs(height):.3f} eV/atom {side} the hull, that is {products}"
        passed = self.at_most is None or height <= self.at_most
        spread = references(self.potential).spread
        return Verdict(self.name, passed, height, spread, "eV/atom", self.at_most, reason, details)

    def _energy(self, crystal: Crystal) -> tuple[float | str, bool]:
        """Energy (eV/atom), or why there is none; and whether a relaxation left it."""
        known = known_energy(crystal, self.potential)
        if known is not None:
            return known, True
        if len(crystal) > self.max_atoms:
            return f"more than {self.max_atoms} atoms (limit of this check)", False
        flaw = unphysical(crystal)
        if flaw:
            return flaw, False
        try:
            return energy_per_atom(crystal, self.potential), False
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001  an element that the potential does not know, say
            return f"{self.potential} has no answer: {unexpected(error, self.potential)}", False

    def _said(self, passed: bool | None, reason: str) -> Verdict:
        return Verdict(self.name, passed, unit="eV/atom", limit=self.at_most, reason=reason)
