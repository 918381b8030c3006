"""Known compounds whose tabulated energies are too low, because their correction counts charges that are not there.

MP2020 (Wang et al., Sci. Rep. 11, 15496, 2021) lowers the energy by a constant for each atom of an anion. The constants
are fitted to compounds whose anions are fully charged, such as S²⁻. A compound with more anions than its cations can
charge gets too many: Na2S4 lies 0.21 eV/atom below its measured enthalpy of formation, LiN3 0.43, NaN3 0.43, FeS2 0.23.
Such compounds, LiS4 above all, would end the windows of sulfides and nitrides. Two rules, for any compound:

1. The correction of an anion counts as far as the anion can be charged, by the highest common oxidation states of the
   other elements: S in Na2S4 by a quarter of 2. Then Na2S4 is 0.05 above its enthalpy, LiN3 0.19 below. (Oxygen has its
   own constants for peroxides and superoxides.)
2. A compound in which an element has on average a quarter of a charge or less is left out: LiO8, LiS4, S8O, Mg149Br. No
   salt is so poor (ozonides, azides and triiodides have a third): it is an element with an impurity.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...gen.data.known_compounds import HullEntries

CORRECTIONS = {  # eV per atom of the anion, from MP2020
    "F": -0.462, "Cl": -0.614, "Br": -0.534, "I": -0.379, "S": -0.503, "Se": -0.472, "Te": -0.422, "N": -0.361,
}  # fmt: skip
CHARGES = {"F": 1, "Cl": 1, "Br": 1, "I": 1, "O": 2, "S": 2, "Se": 2, "Te": 2, "N": 3}  # of the full anion
POOREST = 0.25  # charge per atom at or below which a compound is no salt
INTERSTITIAL, ORGANIC = ("N", "Te"), ("H", "C")  # anions of alloys, and elements of molecules: rule 2 is for salts


def weighed(entries: HullEntries) -> HullEntries:
    """The compounds with energies of these rules, without those that are no salts."""
    tables = _tables()
    sizes = np.diff(entries.start)
    first = np.lexsort((tables.electronegativity[entries.element], entries.owner))[entries.start[1:] - 1]
    anion, anions = entries.element[first], entries.count[first].astype(np.float64)
    atoms = np.add.reduceat(entries.count, entries.start[:-1]).astype(np.float64)
    positive = np.add.reduceat(entries.count * tables.highest[entries.element], entries.start[:-1])
    positive = positive - anions * tables.highest[anion]
    full = tables.charge[anion]
    salt = (full > 0) & (sizes > 1)
    each = np.divide(positive, anions)  # charge for each anion, if all cations are as positive as they can be
    share = np.where(salt, np.minimum(1.0, each / np.maximum(full, 1.0)), 1.0)
    energy = entries.energy - tables.correction[anion] * anions * (1.0 - share) / atoms
    negative = np.add.reduceat(entries.count * tables.charge[entries.element], entries.start[:-1])
    cations = np.add.reduceat(entries.count * (tables.charge[entries.element] == 0), entries.start[:-1])
    alone = cations == 0  # all elements form anions: the less electronegative are cations, as S in S8O
    negative, cations = np.where(alone, anions * full, negative), np.where(alone, atoms - anions, cations)
    taken = np.divide(negative, np.maximum(cations, 1.0))  # charge of each cation, if all anions are full
    molecular = np.logical_or.reduceat(np.isin(entries.element, tables.organic), entries.start[:-1])
    poor = (each <= POOREST) | ((taken <= POOREST) & ~np.isin(anion, tables.interstitial) & ~molecular)
    return _chosen(replace(entries, energy=energy), ~(salt & poor))


def _chosen(entries: HullEntries, kept: NDArray[np.bool_]) -> HullEntries:
    pairs = kept[entries.owner]
    start = np.concatenate([[0], np.cumsum(np.diff(entries.start)[kept])])
    return HullEntries(start, entries.element[pairs], entries.count[pairs], entries.energy[kept], entries.scheme)


class _Tables:
    """Data of the elements by atomic number."""

    def __init__(self) -> None:
        from pymatgen.core import Element

        elements = [Element.from_Z(z) for z in range(1, 119)]
        self.electronegativity = np.zeros(119)  # Pauling; 0 for noble gases
        self.highest = np.zeros(119)  # common oxidation state
        self.correction, self.charge = np.zeros(119), np.zeros(119)
        for element in elements:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.electronegativity[element.Z] = np.nan_to_num(element.X)
            states = element.common_oxidation_states or element.oxidation_states
            self.highest[element.Z] = max(0, *states) if states else 0
        for symbol, charge in CHARGES.items():
            self.charge[Element(symbol).Z] = charge
            self.correction[Element(symbol).Z] = CORRECTIONS.get(symbol, 0.0)
        self.organic = [Element(symbol).Z for symbol in ORGANIC]
        self.interstitial = [Element(symbol).Z for symbol in INTERSTITIAL]


@cache
def _tables() -> _Tables:
    return _Tables()
