"""Neighbours of a compound in a battery, by name or formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...gen.errors import UserError, did_you_mean
from ..mobile_ions import MOBILE_IONS, MobileIon
from .formulas import composition_of

if TYPE_CHECKING:
    from pymatgen.core import Composition

PARTNERS = {f"{ion.metal} metal": ion.symbol for ion in MOBILE_IONS.values()} | {
    "LCO": "LiCoO2",
    "NMC811": "LiNi0.8Mn0.1Co0.1O2",
    "LPS": "Li3PS4",
    "LPSCl": "Li6PS5Cl",
    "argyrodite": "Li6PS5Cl",
    "LLZO": "Li7La3Zr2O12",
    "LFP": "LiFePO4",
}


def is_metal(composition: Composition, ion: MobileIon) -> bool:
    """Whether a partner is the metal of the mobile ion, a reservoir of it."""
    return [element.Z for element in composition] == [ion.number]


def partner_of(name: str) -> Composition:
    """Composition of a partner, by name or formula. Raises ``UserError``."""
    known = {word.lower(): formula for word, formula in PARTNERS.items()}
    try:
        return composition_of(known.get(name.strip().lower(), name))
    except UserError as error:
        hint = did_you_mean(name[:60], PARTNERS)
        raise UserError(f"{error}{hint} Known names: {', '.join(PARTNERS)}.") from error
