"""Check ``window``: electrochemical window against Li/Li⁺.

Within the window the compound neither takes up nor gives up lithium. It is that of the grand-potential phase diagram
open to lithium (Ong et al., Chem. Mater. 20, 1798, 2008; Zhu, He, Mo, ACS Appl. Mater. Interfaces 7, 23685, 2015;
Richards et al., Chem. Mater. 28, 266, 2016). In an environment of potential V lithium has the energy -V per atom (eV,
metal as zero). With g the energy of the compound and E the lowest energy of known compounds,

  reduction edge   the highest V at which lithium uptake gains energy:   max over x > 0 of (g - E(compound + x Li)) / x
  oxidation edge   the lowest V at which lithium loss gains energy:      min over x > 0 of (E(compound - x Li) - g) / x

Each edge is one linear programme in the products per exchanged lithium atom and 1/x, so the edge is exact and its
reaction is known. The edges are also the ends of the step without exchange in pymatgen's ``get_element_profile`` (a
test). This profile lists, for each step, the potential of its end nearer to lithium. The potential of the last step
with uptake is therefore one step below the reduction edge (Li3PO4 0 instead of 0.69 V, Li3PS4 1.27 instead of 1.72 V).

A compound above the hull has no window of its own. As in Zhu et al., it gets that of the phases in equilibrium at its
composition: exchange of lithium counts, decomposition without exchange does not (see ``decomposition``). If the
compound's own formation energy is below the hull, the compound is added to the known ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.data.chemical_system import ChemicalSystem, NoCompounds, minimum
from ...gen.errors import UserError
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formulas import amounts_of, coefficient, mixture_text, reduced
from .phase_diagram import known_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition

LITHIUM = 3
STABLE = "stable with lithium metal"


@dataclass(frozen=True)
class Edge:
    """One end of the window: potential (V against Li/Li⁺) and reaction per formula unit."""

    potential: float
    reaction: str


class Window(CompoundCheck):
    """Value: width of the window, V. The edges and their reactions are in the details.

    argument            meaning                                                  unit
    reduction_at_most   upper limit of the reduction edge; None: no limit         V
    oxidation_at_least  lower limit of the oxidation edge; None: no limit         V
    entries             custom table of known compounds, see ``compounds``
    """

    name: ClassVar[str] = "window"
    question: ClassVar[str] = "Between which potentials against Li/Li⁺ does it neither take up nor give up lithium?"
    unit: ClassVar[str] = "V"

    def __init__(
        self,
        reduction_at_most: float | None = None,
        oxidation_at_least: float | None = None,
        entries: str | None = None,
    ) -> None:
        if reduction_at_most is not None and oxidation_at_least is not None and reduction_at_most > oxidation_at_least:
            limits = f"reduction_at_most {reduction_at_most:g} V, oxidation_at_least {oxidation_at_least:g} V"
            raise UserError(f"The end of a window is not below its start: {limits}.")
        self.reduction_at_most = reduction_at_most
        self.oxidation_at_least = oxidation_at_least
        self.compounds = known_compounds(entries)

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict from the known compounds at this composition."""
        formula = reduced(composition)
        try:
            system = self.compounds.system([LITHIUM, *(element.Z for element in formula)])
        except NoCompounds as error:
            return self.verdict(None, reason=str(error))
        reduction, oxidation = edges(system, formula, formation_energy)
        details = [Detail("reduction edge", reduction.potential, "V"), Detail("on reduction", reduction.reaction)]
        if oxidation is not None:
            details += [Detail("oxidation edge", oxidation.potential, "V"), Detail("on oxidation", oxidation.reaction)]
        low = f"takes up lithium below {reduction.potential:.2f} V" if reduction.potential > 0 else STABLE
        exchanges = f"{low}, " + (
            f"gives it up above {oxidation.potential:.2f} V" if oxidation else "has none to give up"
        )
        faults = []
        if self.reduction_at_most is not None and reduction.potential > self.reduction_at_most:
            faults.append(f"reduced above {self.reduction_at_most:g} V")
        if self.oxidation_at_least is not None and oxidation and oxidation.potential < self.oxidation_at_least:
            faults.append(f"oxidised below {self.oxidation_at_least:g} V")
        width = oxidation.potential - reduction.potential if oxidation else None
        reason = f"{exchanges}: {' and '.join(faults)}" if faults else exchanges
        return self.verdict(not faults, width, reason=reason, details=tuple(details))


def edges(
    system: ChemicalSystem, formula: Composition, formation_energy: float | None = None
) -> tuple[Edge, Edge | None]:
    """Reduction and oxidation edge; no oxidation edge without lithium.

    ``formation_energy`` (eV/atom) is the compound's own; one above the hull is replaced by that of the hull.
    """
    amounts = system.vector(amounts_of(formula))
    energy, _ = system.mixture(amounts)
    if formation_energy is not None and formation_energy * amounts.sum() < energy:
        energy = formation_energy * amounts.sum()
        system = system.plus(amounts, energy)
    one = np.zeros(len(amounts))
    one[system.row(LITHIUM)] = 1.0
    uptake = _exchange(system, amounts, energy, one)
    assert uptake is not None  # lithium metal itself is always a solution
    loss = _exchange(system, amounts, energy, -one) if amounts @ one > 0 else None
    reduction = Edge(max(0.0, -uptake[0]), f"+ {uptake[1]}" if uptake[1] else STABLE)
    return reduction, Edge(loss[0], f"- {loss[1]}") if loss else None


def _exchange(
    system: ChemicalSystem, amounts: np.ndarray, energy: float, lithium: np.ndarray
) -> tuple[float, str] | None:
    """Lowest energy (eV) per exchanged lithium, and ``8 Li → Li3P + 4 Li2O`` per formula unit.

    The unknowns are the products per lithium atom, and last the formula units of the compound per lithium atom.
    """
    found = minimum(np.append(system.energies, -energy), np.column_stack([system.counts, -amounts]), lithium)
    if found is None:
        return None
    products, compounds = found[1][:-1], found[1][-1]
    if compounds < 1e-9:
        return found[0], ""
    left = mixture_text(system, products / compounds) or "nothing"
    return found[0], f"{coefficient(1.0 / compounds)}Li → {left}"
