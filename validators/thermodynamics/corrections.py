"""Corrections of MP2020: from raw PBE(+U) energies to those of the hull.

Wang et al., Sci. Rep. 11, 15496, 2021: a shift for each anion, and one for each metal that the Materials Project
computes with a Hubbard U (oxides and fluorides of eight metals). The corrections are pymatgen's. The Hubbard parameters
are those of the Materials Project's settings; they say with which parameters an energy was computed.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

HUBBARD_U = {"Co": 3.32, "Cr": 3.7, "Fe": 5.3, "Mn": 3.9, "Mo": 4.38, "Ni": 6.2, "V": 3.25, "W": 6.2}  # eV
WITH_U = {"O", "F"}  # anions with which they are used


def mp2020_correction(crystal: Crystal) -> float:
    """The correction to a raw PBE(+U) energy, eV/atom. Raises ``ValueError`` if MP2020 has none."""
    from pymatgen.entries.computed_entries import ComputedStructureEntry

    elements = {element.symbol for element in crystal.composition}
    hubbards = {metal: u for metal, u in HUBBARD_U.items() if metal in elements and elements & WITH_U}
    parameters = {"hubbards": hubbards, "run_type": "GGA+U" if hubbards else "GGA"}
    entry = ComputedStructureEntry(crystal.structure, 0.0, parameters=parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        corrected = _scheme().process_entry(entry, clean=True)
    if corrected is None:
        raise ValueError(f"MP2020 has no corrections for {crystal.formula}")
    return float(corrected.correction_per_atom)


@cache
def _scheme() -> Any:
    from pymatgen.entries.compatibility import MaterialsProject2020Compatibility

    return MaterialsProject2020Compatibility(check_potcar=False)
