"""Check ``window``: electrochemical window against the metal of the mobile ion, Li/Li⁺ by default.

Within the window the compound neither takes up nor gives up lithium: grand-potential phase diagram of Ong et al. (Chem.
Mater. 20, 1798, 2008), Zhu, He, Mo (ACS Appl. Mater. Interfaces 7, 23685, 2015) and Richards et al. (Chem. Mater. 28,
266, 2016), see ``window_edges``. A compound above the hull gets the window of the phases in equilibrium at its
composition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from ...gen.data.chemical_system import NoCompounds
from ...gen.errors import UserError
from ..mobile_ions import mobile_ion_named
from ..near_miss import compared, excess, require_margin
from ..relaxation.potential_energy import known_energy
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formation_energy import formation_energy, references
from .formulas import reduced
from .metal_contact import in_contact_with_metal
from .phase_diagram import known_compounds, own_formation_energy
from .window_edges import edges, stable_with

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal

NOISE = 0.01  # eV/atom, between versions of the Materials Project
MARGIN = 0.25  # V: the larger errors against 18 edges of the literature, see benchmarks/windows.py


class Window(CompoundCheck):
    """Check of the electrochemical window. Value: its width, V. The edges and their reactions are in the details.

    argument              meaning                                                               unit
    reduction_at_most     upper limit of the reduction edge; None: no limit                      V
    oxidation_at_least    lower limit of the oxidation edge; None: no limit                      V
    entries               custom table of known compounds, see ``compounds``
    margin                error beyond which an edge is no near miss                             V
    mobile_ion            Li, Na, K, Mg, Ca or Zn; the potentials are against its metal
    relaxed_with          potential whose energy of an earlier relaxation is the crystal's own; None: the table's
    oxygen_overpotential  added to an edge of oxidation to oxygen, which is slow, for its limit  V
    """

    name: ClassVar[str] = "window"
    question: ClassVar[str] = "Between which potentials does it neither take up nor give up the mobile ion?"
    unit: ClassVar[str] = "V"

    def __init__(
        self,
        reduction_at_most: float | None = None,
        oxidation_at_least: float | None = None,
        entries: str | None = None,
        margin: float = MARGIN,
        oxygen_overpotential: float = 0.0,
        mobile_ion: str = "Li",
        relaxed_with: str | None = None,
    ) -> None:
        require_margin(margin)
        low, high = reduction_at_most, oxidation_at_least
        if low is not None and high is not None and low > high + 2 * margin:  # each may be missed by its error
            limits = f"reduction_at_most {low:g} V, oxidation_at_least {high:g} V"
            raise UserError(f"The end of a window is not below its start: {limits}.")
        if oxygen_overpotential < 0:
            raise UserError(f"oxygen_overpotential {oxygen_overpotential:g} V: it is 0 or more.")
        self.reduction_at_most = reduction_at_most
        self.oxidation_at_least = oxidation_at_least
        self.margin = margin
        self.oxygen_overpotential = oxygen_overpotential
        self.ion = mobile_ion_named(mobile_ion)
        self.relaxed_with = relaxed_with
        if relaxed_with is not None:
            references(relaxed_with)  # an unknown potential is an error here
        self.compounds = known_compounds(entries)

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict with the crystal's own formation energy: of its input file, or of its relaxation if asked for."""
        own = own_formation_energy(crystal)
        if own is None and self.relaxed_with is not None:
            energy = known_energy(crystal, self.relaxed_with)
            own = None if energy is None else formation_energy(crystal, energy, self.relaxed_with)
        return self.answer_compound(crystal.composition, own)

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict from the known compounds at this composition."""
        formula = reduced(composition)
        try:
            system = self.compounds.system([self.ion.number, *(element.Z for element in formula)])
        except NoCompounds as error:
            return self.verdict(None, reason=str(error))
        reduction, oxidation = edges(system, formula, formation_energy, NOISE, self.ion)
        details = [Detail("reduction edge", reduction.potential, "V"), Detail("on reduction", reduction.reaction)]
        if oxidation is not None:
            details += [Detail("oxidation edge", oxidation.potential, "V"), Detail("on oxidation", oxidation.reaction)]
        details += [Detail(f"beside {self.ion.metal} metal", in_contact_with_metal(system, formula, self.ion))]
        metal = self.ion.metal
        low = (
            f"takes up {metal} below {reduction.potential:.2f} V" if reduction.potential > 0 else stable_with(self.ion)
        )
        exchanges = f"{low}, " + (
            f"gives it up above {oxidation.potential:.2f} V" if oxidation else "has none to give up"
        )
        low_by = excess(reduction.potential, at_most=self.reduction_at_most)
        slow = self.oxygen_overpotential if oxidation and oxidation.oxygen else 0.0
        high_by = excess(oxidation.potential + slow, at_least=self.oxidation_at_least) if oxidation else -math.inf
        found = compared((low_by, high_by), self.margin, self.unit)
        faults = [f"reduced above {self.reduction_at_most:g} V"] if low_by > 0 else []
        over = f" even with {slow:g} V for the release of oxygen" if slow else ""
        faults += [f"oxidised below {self.oxidation_at_least:g} V{over}"] if high_by > 0 else []
        width = oxidation.potential - reduction.potential if oxidation else None
        reason = f"{exchanges}: {' and '.join(faults)}" if faults else exchanges
        return self.verdict(
            found.passed, width, reason=reason + found.remark, details=tuple(details), near_miss=found.near_miss
        )
