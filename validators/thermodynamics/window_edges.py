"""Edges of the electrochemical window against the metal of the mobile ion, Li/Li⁺ unless another ion is given.

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
compound's own formation energy is below the hull, the compound is added to the known ones. A compound whose energy is
below that of these phases by less than the noise of the energies is taken as one of them, too: 5 meV/atom of stability
shift the oxidation edge of Li7La3Zr2O12, which gives up half a lithium atom of 24 atoms, by 0.26 V.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...gen.data.chemical_system import ChemicalSystem
from ...gen.data.mixture_simplex import minimum
from ..mobile_ions import LITHIUM_ION, MobileIon
from .formulas import SMALLEST_AMOUNT, amounts_of, coefficient, mixture_text

if TYPE_CHECKING:
    from pymatgen.core import Composition

OXYGEN = 8


@dataclass(frozen=True)
class Edge:
    """One end of the window.

    symbol     meaning                                                  unit
    potential  against the metal, per charge of the mobile ion           V
    reaction   per formula unit
    oxygen     whether oxygen is among the products, as O2 or a peroxide
    """

    potential: float
    reaction: str
    oxygen: bool = False


def edges(
    system: ChemicalSystem,
    formula: Composition,
    formation_energy: float | None = None,
    noise: float = 0.0,
    ion: MobileIon = LITHIUM_ION,
) -> tuple[Edge, Edge | None]:
    """Reduction and oxidation edge; no oxidation edge without the mobile ion.

    ``formation_energy`` (eV/atom) is the compound's own; one that is not below the hull of all others by more than
    ``noise`` (eV/atom) is replaced by that of this hull.
    """
    amounts = system.vector(amounts_of(formula))
    energy, _ = system.mixture(amounts)
    size = amounts.sum()
    own = energy if formation_energy is None else min(formation_energy * size, energy)
    others = system.without(amounts)
    if others is not None and others[1] - own <= noise * size:
        system, energy = others
    elif own < energy:
        system, energy = system.plus(amounts, own), own
    one = np.zeros(len(amounts))
    one[system.row(ion.number)] = 1.0
    uptake = _exchange(system, amounts, energy, one, ion)
    assert uptake is not None  # the metal itself is always a solution
    loss = _exchange(system, amounts, energy, -one, ion) if amounts @ one > 0 else None
    reduction = Edge(max(0.0, -uptake[0] / ion.charge), f"+ {uptake[1]}" if uptake[1] else stable_with(ion))
    return reduction, Edge(loss[0] / ion.charge, f"- {loss[1]}", loss[2]) if loss else None


def stable_with(ion: MobileIon) -> str:
    """The reaction of a compound that takes up none of the metal."""
    return f"stable with {ion.metal} metal"


def _exchange(
    system: ChemicalSystem, amounts: np.ndarray, energy: float, exchanged: np.ndarray, ion: MobileIon
) -> tuple[float, str, bool] | None:
    """Lowest energy (eV) per exchanged atom of the ion, ``8 Li → Li3P + 4 Li2O`` per formula unit, and ``Edge.oxygen``.

    The unknowns are the products per exchanged atom, and last the formula units of the compound per exchanged atom.
    """
    found = minimum(np.append(system.energies, -energy), np.column_stack([system.counts, -amounts]), exchanged)
    if found is None:
        return None
    products, compounds = found[1][:-1], found[1][-1]
    if compounds < 1e-9:
        return found[0], "", False
    left = mixture_text(system, products / compounds) or "nothing"
    return found[0], f"{coefficient(1.0 / compounds)}{ion.symbol} → {left}", _with_oxygen(system, products, ion)


def _with_oxygen(system: ChemicalSystem, products: np.ndarray, ion: MobileIon) -> bool:
    """Whether O2, or a compound of the ion with more oxygen than its oxide, is among the products."""
    if OXYGEN not in system.elements:
        return False
    metal, oxygen = system.counts[system.row(ion.number)], system.counts[system.row(OXYGEN)]
    rich = (metal + oxygen == system.sizes) & (2 * oxygen > ion.charge * metal)
    return bool((products[rich] > SMALLEST_AMOUNT).any())
