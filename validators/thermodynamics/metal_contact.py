"""Reactions of a compound with the metal of the mobile ion, which is a reservoir at 0 V.

There is always more metal: the compound takes up ions until its products are those in equilibrium with the metal, such
as Li15Ge4 and Li3P rather than Ge and P (Zhu, He, Mo, J. Mater. Chem. A 4, 3253, 2016: the potential of lithium is that
of the metal). The mixture with the largest gain per atom, ``interface_reactions``, may hold too little metal for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...gen.data.chemical_system import Array, ChemicalSystem, NoCompounds
from ...gen.data.mixture_simplex import minimum
from ..mobile_ions import LITHIUM_ION, MobileIon
from .formulas import SMALLEST_AMOUNT, amounts_of, coefficient, formula_of, mixture_text, reduced
from .interface_reactions import NO_REACTION, Reaction
from .window_edges import stable_with

if TYPE_CHECKING:
    from pymatgen.core import Composition

DILUTE = 0.95  # share of the metal above which a compound counts as the metal; KZn13 has 0.93


def reaction_with_metal(
    system: ChemicalSystem,
    compound: Composition,
    formation_energy: float | None = None,
    ion: MobileIon = LITHIUM_ION,
) -> Reaction:
    """The reaction with as much metal as is taken up; energy and share count the atoms of compound and metal.

    As in ``worst_mixture``, the compound is taken at its own phase equilibrium, and an own formation energy (eV/atom)
    below the hull counts. Raises ``NoCompounds``.
    """
    amounts = system.vector(amounts_of(reduced(compound)))
    energy, products, taken = _equilibrium(system, amounts, ion)
    if taken < SMALLEST_AMOUNT:
        return Reaction()
    before = system.mixture(amounts)[0]
    if formation_energy is not None:
        before = min(before, formation_energy * amounts.sum())
    share = float(amounts.sum() / (amounts.sum() + taken))
    gain = (energy - before) / (amounts.sum() + taken)
    if gain > -NO_REACTION:
        return Reaction()
    equation = f"{formula_of(compound)} + {coefficient(taken)}{ion.symbol} → {mixture_text(system, products)}"
    return Reaction(float(gain), share, equation)


def in_contact_with_metal(system: ChemicalSystem, formula: Composition, ion: MobileIon = LITHIUM_ION) -> str:
    """The reaction of a formula unit with the metal, ``+ 8 Li → 4 Li2O + Li3P``. Raises ``NoCompounds``."""
    _, products, taken = _equilibrium(system, system.vector(amounts_of(formula)), ion)
    if taken < SMALLEST_AMOUNT:
        return stable_with(ion)
    return f"+ {coefficient(taken)}{ion.symbol} → {mixture_text(system, products)}"


def _equilibrium(system: ChemicalSystem, amounts: Array, ion: MobileIon) -> tuple[float, Array, float]:
    """Energy (eV) of the products beside the metal, their formula units (k,), and the atoms of metal taken up."""
    row = system.row(ion.number)
    others = np.delete(system.counts, row, axis=0)
    metal = system.counts[row] > DILUTE * system.sizes  # the metal itself, and cells of it with an impurity (Mg149Ti)
    needed = np.delete(amounts, row)
    if not needed.any():
        return 0.0, np.zeros(len(system.energies)), -float(amounts[row])
    found = minimum(system.energies[~metal], others[:, ~metal], needed)
    if found is None:
        raise NoCompounds(f"no known compounds beside {ion.metal} metal have this composition")
    products = np.zeros(len(system.energies))
    products[~metal] = found[1]
    return found[0], products, float(system.counts[row] @ products - amounts[row])
