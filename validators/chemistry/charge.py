"""Check ``charge``: oxidation states that balance, as chemistry allows them, and an even number of electrons.

The states are those of ions in known compounds: high ones beside hard anions alone, negative ones of non-metals
(``ion_states``, ``charge_assignment``). Without an open d or f shell a primitive cell with an odd number of electrons
has a half-filled band and is no insulator: such a crystal fails. Pure elements and alloys of metals pass. Redox-active
ions are reported, and can be refused. The test of SMACT, which the figures of the field use, is ``smact_validity``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.symmetry.orbits import primitive_cell
from ..check import CompositionCheck
from ..verdict import Detail, Verdict
from .assignment import Assignment, Formula
from .charge_assignment import assigned
from .ionic_formula import is_alloy
from .like_bonds import are_bonded

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal

MEASURED = 0.02  # share of the positive charge that measured occupancies may miss


class Charge(CompositionCheck):
    """Check of the charges. Value: none. The details are the oxidation states and the redox-active ions.

    argument      meaning
    redox_active  whether ions with open d or 5f shells may occur, and lanthanides with open shells other than 3+
    like_bonds    whether atoms bonded to their like may occur, as in P2S6 4-, S2 2- and O2 2-
    """

    name: ClassVar[str] = "charge"
    question: ClassVar[str] = "Do the oxidation states of its elements balance, and can it be an insulator?"
    unit: ClassVar[str] = ""

    def __init__(self, redox_active: bool = True, like_bonds: bool = True) -> None:
        self.redox_active = redox_active
        self.like_bonds = like_bonds

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict on the composition, on bonds between like atoms, and on the electrons of the primitive cell."""
        numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
        divisor = int(np.gcd.reduce(counts))
        formula = tuple(zip(numbers.tolist(), (counts // divisor).tolist(), strict=True))
        verdict, found = self._judged(formula)
        if not verdict.passed or found is None:
            return verdict
        if found.bonded and not are_bonded(crystal, found.averaged or 0, found.anions):
            states = verdict.details[0].value
            reason = f"{states} need bonds between like atoms, and there are none"
            return self.verdict(False, reason=reason, details=verdict.details)
        if found.leaves_half_filled(formula):
            cell = crystal if divisor % 2 else primitive_cell(crystal)
            electrons = int(cell.atomic_numbers.sum())
            if electrons % 2:
                reason = f"{electrons} electrons in the primitive cell, an odd number: no insulator"
                return self.verdict(False, reason=reason, details=verdict.details)
        return verdict

    def answer_composition(self, composition: Composition) -> Verdict:
        """The verdict on a composition; with fractional amounts the charges need to balance within 2 %.

        Unknown where the answer depends on bonds between like atoms, or on the number of formula units in the cell.
        """
        amounts = {element.Z: float(amount) for element, amount in composition.items() if amount > 0}
        if all(abs(amount - round(amount)) < 1e-6 for amount in amounts.values()):
            counts = [round(amount) for amount in amounts.values()]
            formula = tuple(sorted((z, n // int(np.gcd.reduce(counts))) for z, n in zip(amounts, counts, strict=True)))
            verdict, found = self._judged(formula)
            if verdict.passed and found is not None and (found.bonded or found.leaves_half_filled(formula)):
                needed = (
                    "with bonds between like atoms" if found.bonded else "in cells of an even number of formula units"
                )
                reason = f"{verdict.details[0].value} balance only {needed}: give a crystal"
                return self.verdict(None, reason=reason, details=verdict.details)
            return verdict
        return self._judged(tuple(sorted(amounts.items())), MEASURED)[0]

    def _judged(self, formula: Formula, tolerance: float = 0.0) -> tuple[Verdict, Assignment | None]:
        from ase.data import chemical_symbols

        if len(formula) == 1:
            return self.verdict(True, reason="a pure element"), None
        if is_alloy(formula):
            return self.verdict(True, reason="an alloy of metals"), None
        found = assigned(formula, tolerance)
        if found is None:
            return self.verdict(False, reason="no oxidation states of ions in known compounds balance"), None
        ordered = sorted(found.states, key=lambda z: -found.states[z])
        states = " ".join(f"{chemical_symbols[z]}{found.states[z]:+.3g}" for z in ordered)
        active = ", ".join(f"{chemical_symbols[z]}{found.states[z]:+.3g}" for z in ordered if z in found.redox_active)
        details = [Detail("oxidation states", states), Detail("redox-active ions", active or "none")]
        faults = []
        if active and not self.redox_active:
            faults.append(f"redox-active ions: {active}")
        if found.bonded and not self.like_bonds:
            faults.append(f"bonds between like atoms: {chemical_symbols[found.averaged or 0]}")
        reason = f"{states} balance" + (f"; redox-active: {active}" if active else "")
        reason = f"{' and '.join(faults)}: {states}" if faults else reason
        return self.verdict(not faults, reason=reason, details=tuple(details)), found
