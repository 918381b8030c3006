"""Check ``interface``: reaction energy of a compound with its neighbours in the battery.

The pseudo-binary of Richards et al. (Chem. Mater. 28, 266, 2016) and Zhu, He, Mo (J. Mater. Chem. A 4, 3253, 2016), see
``interface_reactions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from ...gen.data.chemical_system import NoCompounds
from ...gen.errors import UserError
from ..mobile_ions import mobile_ion_named
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .compound_check import CompoundCheck
from .interface_reactions import Reaction, worst_mixture
from .metal_contact import reaction_with_metal
from .partners import is_metal, partner_of
from .phase_diagram import HULL_ERROR, known_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition


# eV/atom: twice the error of the hull. Sulfides and oxides react to phosphates and sulfates; the corrections of MP2020
# make salts of oxo-anions too stable.
MARGIN = 2 * HULL_ERROR


class Interface(CompoundCheck):
    """Check of interface reactions. Value: energy of the worst reaction over all partners, eV/atom, zero or negative.

    argument    meaning                                                                            unit
    partner     a formula or a name of ``partners``, or several: "Li", "NMC811", ["LiCoO2", "Li3PS4"]
    at_least    limit; None: report the energy, always pass                                         eV/atom
    potential   potential against Li/Li⁺ of an interface open to lithium; None: closed              V
    entries     custom table of known compounds, see ``compounds``
    margin      error beyond which an energy is no near miss                                        eV/atom
    mobile_ion  Li, Na, K, Mg, Ca or Zn: the ion of the potential, and its metal is a reservoir
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
        mobile_ion: str = "Li",
    ) -> None:
        require_margin(margin)
        if at_least is not None and at_least > 0:
            raise UserError(f"A reaction energy is zero or negative: at_least {at_least:g} eV/atom passes nothing.")
        names = [partner] if isinstance(partner, str) else list(partner)
        self.partners = {name: partner_of(name) for name in names}
        self.ion = mobile_ion_named(mobile_ion)
        if potential is not None and any(is_metal(c, self.ion) for c in self.partners.values()):
            metal = self.ion.metal.capitalize()
            raise UserError(f"{metal} metal fixes the potential at 0 V: leave out the potential for this partner.")
        self.at_least = at_least
        self.potential = potential
        self.margin = margin
        self.compounds = known_compounds(entries)

    def answer_compound(self, composition: Composition, formation_energy: float | None) -> Verdict:
        """The verdict from the known compounds at this composition."""
        found: dict[str, Reaction] = {}
        for name, partner in self.partners.items():
            elements = {element.Z for element in (*composition, *partner)} | {self.ion.number}
            try:
                system = self.compounds.system(elements)
                found[name] = (
                    reaction_with_metal(system, composition, formation_energy, self.ion)
                    if is_metal(partner, self.ion)
                    else worst_mixture(system, composition, partner, formation_energy, self.potential, self.ion)
                )
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


def _details(name: str, reaction: Reaction) -> list[Detail]:
    details = [Detail(f"with {name}", reaction.energy, "eV/atom"), Detail(f"reaction with {name}", reaction.equation)]
    if reaction.share is not None:
        details.append(Detail(f"share of atoms reacting with {name}", reaction.share))
    return details
