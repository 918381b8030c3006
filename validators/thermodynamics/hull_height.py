"""The height of a crystal above the hull of known compounds, with its error and the source of its energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...gen.data.chemical_system import NoCompounds
from ..structure.tabulated import tabulated
from .phase_diagram import HULL_ERROR, decomposition

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

FORMATION = "formation_energy_per_atom"  # of the reference set, eV/atom

OF_FORMULA = "tabulated for its formula"


@dataclass(frozen=True)
class Height:
    """A height above the hull.

    symbol     meaning                                                    unit
    value      energy above the hull                                      eV/atom
    spread     standard error of the formation energy                     eV/atom
    products   the most stable mixture of known compounds
    formation  formation energy                                           eV/atom
    source     a potential, or ``tabulated for`` a crystal or its formula
    """

    value: float
    spread: float
    products: str
    formation: float
    source: str


def height_of(crystal: Crystal, formation: float, spread: float, source: str) -> Height | None:
    """The height for a formation energy, eV/atom; None if no known compounds mix to the composition."""
    try:
        height, products = decomposition(crystal.composition, formation)
    except NoCompounds:
        return None
    return None if height is None else Height(height, spread, products, formation, source)


def tabulated_height(crystal: Crystal) -> Height | None:
    """The height by the tabulated energy of the same crystal; None if it is not in the reference set."""
    own = tabulated(crystal, FORMATION)
    return None if own is None else height_of(crystal, own.value, HULL_ERROR, f"tabulated for {own.name}")


def formula_height(crystal: Crystal, computed: Height) -> Height | None:
    """The tabulated height of the formula, if the height ``computed`` with a potential agrees within its error."""
    height, products = decomposition(crystal.composition)
    if height is None or abs(computed.value - height) > computed.spread:
        return None
    return Height(height, HULL_ERROR, products, computed.formation - computed.value + height, OF_FORMULA)
