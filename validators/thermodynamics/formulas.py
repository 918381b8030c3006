"""Formulas and mixtures of compounds as text, such as ``2 Li3PS4 + Li4GeS4``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from ...gen.data.chemical_system import Array, ChemicalSystem
from ...gen.formula_text import read_formula

if TYPE_CHECKING:
    from pymatgen.core import Composition

SMALLEST_AMOUNT = 1e-6  # formula units; a smaller amount of a product is rounding
AMOUNT_DIGITS = 9  # of formula units; without rounding, the order of equal amounts would depend on the solver


def composition_of(text: object) -> Composition:
    """The composition of a formula as people write it, see ``read_formula``. Raises ``UserError``."""
    from pymatgen.core import Composition

    return Composition(read_formula(text).amounts)


def amounts_of(composition: Composition) -> dict[int, float]:
    """Amounts of the elements by atomic number."""
    return {element.Z: float(amount) for element, amount in composition.items()}


def reduced(composition: Composition) -> Composition:
    """The composition of a formula unit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen warns that helium has no electronegativity
        return composition.reduced_composition


def formula_of(composition: Composition) -> str:
    """Reduced formula; fractional amounts are kept (``LiNi0.8Mn0.1Co0.1O2``)."""
    if all(abs(amount - round(amount)) < 1e-6 for amount in composition.values()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(composition.reduced_formula)
    amounts = {element.symbol: f"{amount:.4g}" for element, amount in composition.items()}
    return "".join(symbol + ("" if amount == "1" else amount) for symbol, amount in amounts.items())


def coefficient(amount: float) -> str:
    """The number before a formula, ``2 ``; empty for 1."""
    text = f"{amount:.3g}"
    return "" if text == "1" else f"{text} "


def mixture_text(system: ChemicalSystem, units: Array) -> str:
    """``2 Li3PS4 + Li4GeS4`` for formula units (k,) of a system's compounds, largest amount first."""
    from pymatgen.core import Composition

    parts = []
    for i in np.flatnonzero(units > SMALLEST_AMOUNT):
        formula = compound_formula(system, int(i))  # an atom of oxygen is written as half an O2
        amount = float(units[i] * system.sizes[i] / Composition(formula).num_atoms)
        parts.append((round(amount, AMOUNT_DIGITS), formula))
    return " + ".join(f"{coefficient(amount)}{formula}" for amount, formula in sorted(parts, reverse=True))


def compound_formula(system: ChemicalSystem, i: int) -> str:
    """Reduced formula of a system's compound."""
    from pymatgen.core import Composition, Element

    pairs = zip(system.elements, system.counts[:, i], strict=True)
    return formula_of(Composition({Element.from_Z(int(z)): n for z, n in pairs if n > 0}))
