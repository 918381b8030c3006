"""The ions of batteries that may be the mobile one: charge, metal and names."""

from __future__ import annotations

from dataclasses import dataclass

from ..gen.errors import UserError, did_you_mean, shown


@dataclass(frozen=True)
class MobileIon:
    """A mobile ion.

    symbol   meaning
    symbol   of the element, by which options name it
    number   atomic number
    charge   of the ion, e: potentials against the metal are energies per charge
    metal    name of the metal
    """

    symbol: str
    number: int
    charge: int
    metal: str

    @property
    def ion(self) -> str:
        """The ion as text, such as Mg²⁺."""
        return f"{self.symbol}{'' if self.charge == 1 else '²'}⁺"

    @property
    def electrode(self) -> str:
        """The electrode against which potentials are given, such as Mg/Mg²⁺."""
        return f"{self.symbol}/{self.ion}"


MOBILE_IONS = {
    ion.symbol: ion
    for ion in (
        MobileIon("Li", 3, 1, "lithium"),
        MobileIon("Na", 11, 1, "sodium"),
        MobileIon("K", 19, 1, "potassium"),
        MobileIon("Mg", 12, 2, "magnesium"),
        MobileIon("Ca", 20, 2, "calcium"),
        MobileIon("Zn", 30, 2, "zinc"),
    )
}
LITHIUM_ION = MOBILE_IONS["Li"]


def mobile_ion_named(name: str) -> MobileIon:
    """A mobile ion by the symbol of its element, ``Li`` or ``li``. Raises ``UserError`` with the names that exist."""
    known = {symbol.lower(): ion for symbol, ion in MOBILE_IONS.items()}
    known |= {ion.metal: ion for ion in MOBILE_IONS.values()}
    if str(name).strip().lower() not in known:
        hint = did_you_mean(str(name)[:20], MOBILE_IONS)
        raise UserError(f"mobile_ion: {shown(name)} is not known.{hint} There are: {', '.join(MOBILE_IONS)}.")
    return known[str(name).strip().lower()]
