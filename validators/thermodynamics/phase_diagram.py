"""Energy above the hull and decomposition products of a composition, from known compounds.

The known compounds are those that ship with the package (``gen/data/known_compounds``) or those of a custom table.
Such a table replaces the shipped compounds: energies with different corrections do not belong on one hull. The linear
programme is that of ``gen/data/chemical_system``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...gen.data.known_compounds import HullEntries, hull_entries
from .compounds import FORMATION_ENERGY, read_compounds
from .formulas import amounts_of, mixture_text, reduced
from .weighed_compounds import weighed

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal

ENERGY_DIGITS = 6  # of eV/atom; the rest is rounding
# eV/atom, standard deviation of the energies of formation of oxides from oxides, calculated against measured: Hautier,
# Ong, Jain, Moore, Ceder, Phys. Rev. B 85, 155208 (2012)
HULL_ERROR = 0.024


@cache
def known_compounds(table: str | None = None) -> HullEntries:
    """The shipped compounds, see ``weighed_compounds``, or those of a custom CSV or parquet table (``compounds``)."""
    return weighed(hull_entries()) if table is None else read_compounds(Path(table))


def own_formation_energy(crystal: Crystal) -> float | None:
    """Formation energy (eV/atom) in the column of the crystal's input file; None without.

    It must come from the same kind of calculation as the hull. The estimate of a potential does not: an error of 0.05
    eV/atom in a garnet of 24 atoms that gives up half a lithium per formula unit would shift its oxidation edge by
    2.4 V.
    """
    energy = crystal.info.get(FORMATION_ENERGY)
    return float(energy) if isinstance(energy, (int, float, np.number)) and np.isfinite(energy) else None


def decomposition(
    composition: Composition, formation_energy: float | None = None, table: str | None = None
) -> tuple[float | None, str]:
    """Energy above the hull, eV/atom, and the decomposition products, e.g. ``2 Li3PS4 + Li4GeS4``.

    ``formation_energy`` (eV/atom) is the compound's own. Without it, that of the known compound of this formula is
    taken; if there is none, the energy above the hull is None. It is negative for a compound more stable than all known
    ones. The products are the most stable mixture of known compounds, per formula unit: the formula itself if it is on
    the hull. Raises ``NoCompounds``.
    """
    formula = reduced(composition)
    system = known_compounds(table).system(element.Z for element in formula)
    amounts = system.vector(amounts_of(formula))
    energy, units = system.mixture(amounts)
    own = system.known_energy(amounts) if formation_energy is None else formation_energy * amounts.sum()
    height = None if own is None else round(float((own - energy) / amounts.sum()), ENERGY_DIGITS)
    return height, mixture_text(system, units)
