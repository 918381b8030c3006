"""Check ``interface``: reaction energy of a compound with its neighbours in the battery.

The pseudo-binary of Richards et al. (Chem. Mater. 28, 266, 2016) and Zhu, He, Mo (J. Mater. Chem. A 4, 3253, 2016), see
``interface_reactions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from ...gen.data.chemical_system import NoCompounds
from ...gen.elements import LITHIUM
from ...gen.errors import UserError, did_you_mean
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .formulas import composition_of
from .interface_reactions import Reaction, worst_mixture
from .phase_diagram import HULL_ERROR, known_compounds

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

# eV/atom: twice the error of the hull. Sulfides and oxides react to phosphates and sulfates; the corrections of MP2020
# make salts of oxo-anions too stable.
MARGIN = 2 * HULL_ERROR


class Interface(CompoundCheck):
    """Check of interface reactions. Value: energy of the worst reaction over all partners, eV/atom, zero or negative.

    argument    meaning                                                                            unit
    partner     a formula or a name of ``PARTNERS``, or several: "Li", "NMC811", ["LiCoO2", "Li3PS4"]
    at_least    limit; None: report the energy, always pass                                         eV/atom
    potential   potential against Li/Li⁺ of an interface open to lithium; None: closed              V
    entries     custom table of known compounds, see ``compounds``
    margin      error beyond which an energy is no near miss                                        eV/atom
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
        margin: float = MARGIN,
    ) -> None:
        require_margin(margin)
        if at_least is not None and at_least > 0:
            raise UserError(f"A reaction energy is zero or negative: at_least {at_least:g} eV/atom passes nothing.")
        names = [partner] if isinstance(partner, str) else list(partner)
        self.partners = {name: partner_of(name) for name in names}
        if potential is not None and any(len(c) == 1 and "Li" in c for c in self.partners.values()):
            raise UserError("Lithium metal fixes the potential at 0 V: leave out the potential for this partner.")
        self.at_least = at_least
        self.potential = potential
        self.margin = margin
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
        compare = compared([excess(energy, at_least=self.at_least)], self.margin, self.unit)
        if energy == 0:
            reason = f"does not react with {' or '.join(found)}"
        else:
            reason = f"reacts with {worst}, {energy:.3f} eV/atom: {found[worst].equation}"
        return self.verdict(
            compare.passed, energy, limit=self.at_least, reason=reason + compare.remark, details=tuple(details),
            near_miss=compare.near_miss,
        )  # fmt: skip


def partner_of(name: str) -> Composition:
    """Composition of a partner, by name or formula. Raises ``UserError``."""
    known = {word.lower(): formula for word, formula in PARTNERS.items()}
    try:
        return composition_of(known.get(name.strip().lower(), name))
    except UserError as error:
        hint = did_you_mean(name[:60], PARTNERS)
        raise UserError(f"{error}{hint} Known names: {', '.join(PARTNERS)}.") from error


def _details(name: str, reaction: Reaction) -> list[Detail]:
    details = [Detail(f"with {name}", reaction.energy, "eV/atom"), Detail(f"reaction with {name}", reaction.equation)]
    if reaction.share is not None:
        details.append(Detail(f"share of atoms reacting with {name}", reaction.share))
    return details
