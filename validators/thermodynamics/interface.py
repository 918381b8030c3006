"""Check ``interface``: reaction of a compound with its neighbour in the battery.

The pseudo-binary of Richards et al. (Chem. Mater. 28, 266, 2016) and Zhu, He, Mo (J. Mater. Chem. A 4, 3253, 2016): of
all mixtures x compound + (1 - x) partner, x a share of atoms, it is the one that gains most energy per atom by reacting
to the most stable known compounds. Both sides are taken at their own phase equilibrium, so that their decomposition
alone (at a given potential also their exchange of lithium) is not counted as a reaction: the "no mixing" energy is
subtracted. With a potential V the interface is open to lithium, which has the energy -V (eV, metal as zero); energies
and shares then count the other atoms, as in the papers.

The worst x and its products are one linear programme. pymatgen's ``InterfacialReactivity`` finds the same by searching
all kinks (a test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.data.chemical_system import Array, ChemicalSystem, NoCompounds, minimum
from ...gen.errors import UserError, did_you_mean
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formulas import amounts_of, coefficient, formula_of, mixture_text, reduced
from .phase_diagram import known_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition

PARTNERS = {
    "lithium metal": "Li",
    "LCO": "LiCoO2",
    "NMC811": "LiNi0.8Mn0.1Co0.1O2",
    "LPS": "Li3PS4",
    "LPSCl": "Li6PS5Cl",
    "argyrodite": "Li6PS5Cl",
    "LLZO": "Li7La3Zr2O12",
    "LFP": "LiFePO4",
}
LITHIUM = 3
NO_REACTION = 1e-3  # eV/atom; less is rounding of the stored energies


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


class Interface(CompoundCheck):
    """Value: energy of the worst reaction over all partners, eV/atom, zero or negative.

    argument    meaning                                                                            unit
    partner     a formula or a name of ``PARTNERS``, or several: "Li", "NMC811", ["LiCoO2", "Li3PS4"]
    at_least    limit; None: report the energy, always pass                                         eV/atom
    potential   potential against Li/Li⁺ of an interface open to lithium; None: closed              V
    entries     custom table of known compounds, see ``compounds``
    """

    name: ClassVar[str] = "interface"
    question: ClassVar[str] = "Does it react with its neighbour in the battery, such as lithium metal or the cathode?"
    unit: ClassVar[str] = "eV/atom"

    def __init__(
        self,
        partner: str | Sequence[str] = "LiCoO2",
        at_least: float | None = None,
        potential: float | None = None,
        entries: str | None = None,
    ) -> None:
        if at_least is not None and at_least > 0:
            raise UserError(f"A reaction energy is zero or negative: at_least {at_least:g} eV/atom passes nothing.")
        names = [partner] if isinstance(partner, str) else list(partner)
        self.partners = {name: partner_of(name) for name in names}
        if potential is not None and any(len(c) == 1 and "Li" in c for c in self.partners.values()):
            raise UserError("Lithium metal fixes the potential at 0 V: leave out the potential for this partner.")
        self.at_least = at_least
        self.potential = potential
        self.compounds = known_compounds(entries)

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict from the known compounds at this composition."""
        found: dict[str, Reaction] = {}
        for name, partner in self.partners.items():
            elements = {element.Z for element in (*composition, *partner)} | {LITHIUM}
            try:
                system = self.compounds.system(elements)
                found[name] = worst_mixture(system, composition, partner, formation_energy, self.potential)
            except NoCompounds as error:
                return self.verdict(None, limit=self.at_least, reason=f"with {name}: {error}")
        worst = min(found, key=lambda name: found[name].energy)
        energy = found[worst].energy
        details = [detail for name, reaction in found.items() for detail in _details(name, reaction)]
        passed = self.at_least is None or energy >= self.at_least
        if energy == 0:
            reason = f"does not react with {' or '.join(found)}"
        else:
            reason = f"reacts with {worst}, {energy:.3f} eV/atom: {found[worst].equation}"
        return self.verdict(passed, energy, limit=self.at_least, reason=reason, details=tuple(details))


def partner_of(name: str) -> Composition:
    """Composition of a partner, by name or formula. Raises ``UserError``."""
    from pymatgen.core import Composition

    try:
        composition = Composition(PARTNERS.get(name, name), strict=True)
    except ValueError:
        composition = None
    if not composition:
        known = ", ".join(PARTNERS)
        raise UserError(f"{name!r} is not a formula.{did_you_mean(name, PARTNERS)} Known names: {known}.")
    return composition


def worst_mixture(
    system: ChemicalSystem,
    compound: Composition,
    partner: Composition,
    formation_energy: float | None = None,
    potential: float | None = None,
) -> Reaction:
    """The mixture of both that gains most energy. ``formation_energy`` (eV/atom) is the compound's own.

    An own formation energy below the hull adds the compound to the known ones.
    """
    ends = [system.vector(amounts_of(reduced(side))) for side in (compound, partner)]
    if formation_energy is not None and formation_energy * ends[0].sum() < system.mixture(ends[0])[0]:
        system = system.plus(ends[0], formation_energy * ends[0].sum())
    if potential is not None:
        system, ends = _open(system, ends, potential)
    sizes = [end.sum() for end in ends]
    if min(sizes) == 0:
        raise NoCompounds("lithium alone has no interface open to lithium")
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
    lithium = " (lithium from outside)" if potential is not None else ""
    equation = f"{formula_of(compound)} + {reactant} → {mixture_text(system, products * mixtures)}{lithium}"
    return Reaction(float(found[0]), share, equation)


def _open(system: ChemicalSystem, ends: list[Array], potential: float) -> tuple[ChemicalSystem, list[Array]]:
    """The system at a potential (V) of lithium: without lithium, and energies without that of lithium."""
    row = system.row(LITHIUM)
    others = np.delete(system.counts, row, axis=0)
    kept = others.sum(0) > 0
    energies = system.energies + potential * system.counts[row]
    return (
        ChemicalSystem(np.delete(system.elements, row), others[:, kept], energies[kept] / others[:, kept].sum(0)),
        [np.delete(end, row) for end in ends],
    )


def _details(name: str, reaction: Reaction) -> list[Detail]:
    details = [Detail(f"with {name}", reaction.energy, "eV/atom"), Detail(f"reaction with {name}", reaction.equation)]
    if reaction.share is not None:
        details.append(Detail(f"share of atoms reacting with {name}", reaction.share))
    return details
