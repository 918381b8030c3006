"""Check ``stability``: energy above the hull, tabulated for known compounds and else by a potential, and the products.

The hull is that of the Materials Project and WBM (``phase_diagram``). For a crystal of the reference set, the energy is
the tabulated one, since a potential errs by more; that of the potential is reported beside it. The same holds for a
compound whose structure is not in the set, if the hull knows its formula and the potential agrees within its error. For
all others the formation energy is the energy of the potential minus the fitted zeros of the elements
(``formation_energy``); the energy of an unrelaxed crystal is too high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError, unexpected
from ..check import Check
from ..near_miss import compared, excess, require_margin
from ..relaxation.potential_energy import energy_per_atom, known_energy, unphysical
from ..relaxation.potentials import CHGNET, strange_elements
from ..verdict import Detail, Verdict
from .formation_energy import formation_energy, references
from .hull_height import Height, formula_height, height_of, tabulated_height

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

AT_MOST = 0.1  # eV/atom, as in MatterGen (Zeni et al., Nature 639, 624, 2025)
MAX_ATOMS = 500


class Stability(Check):
    """Check of the stability. Value: energy above the hull, eV/atom, with the standard error of the formation energy.

    argument   meaning                                                                          unit
    at_most    limit; None: report the energy, always pass                                       eV/atom
    potential  by name; the energy of an earlier relaxation with it is used, if there is one
    max_atoms  largest number of atoms for which an energy is computed
    margin     error beyond which it is no near miss; None: the standard error                   eV/atom
    known      take the tabulated energy of a known compound
    """

    name: ClassVar[str] = "stability"
    question: ClassVar[str] = "How far above the hull is it, and what would it decompose into?"
    unit: ClassVar[str] = "eV/atom"

    def __init__(
        self,
        at_most: float | None = AT_MOST,
        potential: str = CHGNET,
        max_atoms: int = MAX_ATOMS,
        margin: float | None = None,
        known: bool = True,
    ) -> None:
        references(potential)
        require_margin(margin)
        if max_atoms < 1:
            raise UserError("Stability needs at least one atom.")
        self.at_most = at_most
        self.potential = potential
        self.max_atoms = max_atoms
        self.margin = margin
        self.known = known

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes up to the limit above the hull; unknown if neither a table nor the potential has an answer."""
        known = tabulated_height(crystal) if self.known else None
        energy, relaxed = self._energy(crystal, known is None)
        computed = self._computed(crystal, energy)
        ours = computed if isinstance(computed, Height) else None
        found = known or (formula_height(crystal, ours) if ours and self.known else None) or computed
        if isinstance(found, str):
            return self.verdict(None, limit=self.at_most, reason=found)
        details = [
            Detail("formation energy", found.formation, "eV/atom"),
            Detail("decomposes into", found.products),
            Detail("potential", self.potential),
            Detail("relaxed", "yes" if relaxed else "no"),
            Detail("source of the energy", found.source),
        ]
        side = "above" if found.value >= 0 else "below"
        reason = f"{abs(found.value):.3f} eV/atom {side} the hull of {found.products}"
        if found is not computed:
            reason += f", {found.source}"
            if ours is not None:
                details.append(Detail("above the hull by the potential", ours.value, "eV/atom"))
        margin = found.spread if self.margin is None else self.margin
        compare = compared([excess(found.value, at_most=self.at_most)], margin, self.unit)
        return self.verdict(
            compare.passed, found.value, found.spread, limit=self.at_most, reason=reason + compare.remark,
            details=tuple(details), near_miss=compare.near_miss,
        )  # fmt: skip

    def _computed(self, crystal: Crystal, energy: float | str) -> Height | str:
        """The height by the potential, or why there is none."""
        if isinstance(energy, str):
            return energy
        try:
            formation = formation_energy(crystal, energy, self.potential)
        except KeyError as error:
            return f"no reference energy is known for atomic number {error}"
        height = height_of(crystal, formation, references(self.potential).spread, self.potential)
        return height or "no known compounds mix to this composition"

    def _energy(self, crystal: Crystal, compute: bool) -> tuple[float | str, bool]:
        """Energy (eV/atom), or why there is none; and whether it is that of a relaxation."""
        known = known_energy(crystal, self.potential)
        if known is not None:
            return known, True
        if not compute:
            return "not computed", False
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
