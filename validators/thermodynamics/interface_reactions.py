"""Reactions of a compound with its neighbour in the battery, from known compounds.

The pseudo-binary of Richards et al. (Chem. Mater. 28, 266, 2016) and Zhu, He, Mo (J. Mater. Chem. A 4, 3253, 2016).
Among all mixtures x compound + (1 - x) partner, x a share of atoms, the worst one gains most energy per atom by
reacting to the most stable known compounds. Both sides are taken at their own phase equilibrium, so that decomposition
alone (at a given potential also their exchange of lithium) is not counted as a reaction: the "no mixing" energy is
subtracted. With a potential V the interface is open to lithium, which has the energy -V (eV, metal as zero); energies
and shares then count the other atoms, as in the papers.

The worst x and its products are one linear programme. pymatgen's ``InterfacialReactivity`` finds the same by searching
all kinks (a test).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...gen.data.chemical_system import Array, ChemicalSystem, NoCompounds
from ...gen.data.mixture_simplex import minimum
from ..mobile_ions import LITHIUM_ION, MobileIon
from .formulas import amounts_of, coefficient, formula_of, mixture_text, reduced

if TYPE_CHECKING:
    from pymatgen.core import Composition

NO_REACTION = 1e-3  # eV/atom; a smaller energy is rounding of the stored energies


@dataclass(frozen=True)
class Reaction:
    """The worst mixture of a compound and a partner.

    symbol     meaning                                                        unit
    energy     reaction energy, zero or negative                              eV/atom
    share      share of the compound's atoms in the mixture; None without a reaction
    equation   reaction per formula unit of the compound
    """

    energy: float = 0.0
    share: float | None = None
    equation: str = "no reaction"


def worst_mixture(
    system: ChemicalSystem,
    compound: Composition,
    partner: Composition,
    formation_energy: float | None = None,
    potential: float | None = None,
    ion: MobileIon = LITHIUM_ION,
) -> Reaction:
    """The mixture of both with the largest energy gain. ``formation_energy`` (eV/atom) is the compound's own.

    An own formation energy below the hull adds the compound to the known ones.
    """
    ends = [system.vector(amounts_of(reduced(side))) for side in (compound, partner)]
    if formation_energy is not None and formation_energy * ends[0].sum() < system.mixture(ends[0])[0]:
        system = system.plus(ends[0], formation_energy * ends[0].sum())
    if potential is not None:
        system, ends = _open(system, ends, potential, ion)
    sizes = [end.sum() for end in ends]
    if min(sizes) == 0:
        raise NoCompounds(f"{ion.metal} alone has no interface open to {ion.metal}")
    ends = [end / size for end, size in zip(ends, sizes, strict=True)]
    energies = [system.mixture(end)[0] for end in ends]
    # unknowns: formula units of every compound, and the shares of both sides
    balance = np.column_stack([system.counts, -ends[0], -ends[1]])
    shares = np.append(np.zeros(len(system.energies)), [1.0, 1.0])
    found = minimum(
        np.concatenate([system.energies, [-energies[0], -energies[1]]]),
        np.vstack([balance, shares]),
        np.append(np.zeros(len(ends[0])), 1.0),
    )
    if found is None:
        raise NoCompounds("no known compounds mix to this composition")
    if found[0] > -NO_REACTION:
        return Reaction()
    products, share, rest = found[1][:-2], float(found[1][-2]), float(found[1][-1])
    mixtures = sizes[0] / share  # atoms of mixture that hold one formula unit of the compound
    reactant = f"{coefficient(rest * mixtures / sizes[1])}{formula_of(partner)}"
    outside = f" ({ion.metal} from outside)" if potential is not None else ""
    equation = f"{formula_of(compound)} + {reactant} → {mixture_text(system, products * mixtures)}{outside}"
    return Reaction(float(found[0]), share, equation)


def _open(
    system: ChemicalSystem, ends: list[Array], potential: float, ion: MobileIon
) -> tuple[ChemicalSystem, list[Array]]:
    """The system at a potential (V) of the ion: without its element, and energies without that of the element."""
    row = system.row(ion.number)
    others = np.delete(system.counts, row, axis=0)
    kept = others.sum(0) > 0
    energies = system.energies + potential * ion.charge * system.counts[row]
    return (
        ChemicalSystem(np.delete(system.elements, row), others[:, kept], energies[kept] / others[:, kept].sum(0)),
        [np.delete(end, row) for end in ends],
    )
