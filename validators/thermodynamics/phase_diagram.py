"""What do the known compounds of a chemical system mix or react to?

Every question here is one linear programme: the amounts λᵢ ≥ 0 of the known compounds that give the wanted elements at
the lowest energy. It is the dual of the convex hull of pymatgen's ``PhaseDiagram`` (Ong et al., Chem. Mater. 20, 1798,
2008) and gives the same numbers (see the tests), but its cost hardly grows with the number of elements: 0.03 s for six
and 0.05 s for seven elements on a busy core where the whole hull took 0.5 and 2.5 s.

The compounds are those that ship with the package (``gen/data/hull.py``: lowest formation energy per formula, Materials
Project and WBM) or a table of one's own. Energies of different corrections do not belong on one hull, so a table of
one's own replaces the shipped one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...gen.data.convex_hull import HullEntries, hull_entries
from .compounds import FORMATION_ENERGY, read_compounds

if TYPE_CHECKING:
    from pymatgen.core import Composition

    from ...gen.crystal import Crystal

SMALLEST_AMOUNT = 1e-6  # formula units; less of a product is rounding
KEPT_SYSTEMS = 512
ENERGY_DIGITS = 6  # of eV/atom; the rest is rounding
Array = NDArray[np.float64]


class NoCompounds(ValueError):
    """An element of which no compound is known; the message names it."""


@dataclass(frozen=True, eq=False)
class System:
    """The known compounds of a chemical system: n elements, k compounds.

    symbol     meaning                                     shape, unit
    elements   atomic numbers, ascending                   (n,)
    counts     atoms in a formula unit of each compound    (n, k)
    energies   formation energy of a formula unit          (k,), eV
    """

    elements: NDArray[np.int64]
    counts: Array
    energies: Array

    def vector(self, composition: Composition) -> Array:
        """Amounts of the system's elements, (n,)."""
        amounts = {element.Z: float(amount) for element, amount in composition.items()}
        return np.array([amounts.get(int(z), 0.0) for z in self.elements])

    def row(self, atomic_number: int) -> int:
        """The row of an element."""
        return int(np.searchsorted(self.elements, atomic_number))

    def plus(self, amounts: Array, energy: float) -> System:
        """The system with one more compound: amounts (n,) of the elements, energy in eV."""
        return System(self.elements, np.column_stack([self.counts, amounts]), np.append(self.energies, energy))

    def known(self, amounts: Array) -> float | None:
        """Lowest energy (eV) among the compounds that have exactly this composition, for these amounts; or None."""
        size, sizes = amounts.sum(), self.counts.sum(0)
        same = np.abs(self.counts / sizes - (amounts / size)[:, None]).max(0) < 1e-6
        return float((self.energies / sizes)[same].min() * size) if same.any() else None

    def mixture(self, amounts: Array) -> tuple[float, Array]:
        """Energy (eV) of the most stable mixture that holds these amounts, and its formula units of each compound."""
        found = least(self.energies, self.counts, amounts)
        if found is None:
            raise NoCompounds("no known compounds mix to this composition")
        return found

    def words(self, units: Array) -> str:
        """``2 Li3PS4 + Li4GeS4`` for formula units (k,) of the compounds."""
        from pymatgen.core import Composition

        parts = []
        for i in np.flatnonzero(units > SMALLEST_AMOUNT):
            formula = self.formula(int(i))  # an atom of oxygen is written as half an O2
            parts.append((units[i] * self.counts[:, i].sum() / Composition(formula).num_atoms, formula))
        return " + ".join(f"{units_of(amount)}{formula}" for amount, formula in sorted(parts, reverse=True))

    def formula(self, i: int) -> str:
        """Reduced formula of a compound."""
        from pymatgen.core import Composition, Element

        pairs = zip(self.elements, self.counts[:, i], strict=True)
        return formula_of(Composition({Element.from_Z(int(z)): n for z, n in pairs if n > 0}))


def reduced(composition: Composition) -> Composition:
    """The composition of a formula unit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen warns that helium has no electronegativity
        return composition.reduced_composition


def formula_of(composition: Composition) -> str:
    """Reduced formula; with its fractions where it has some (``LiNi0.8Mn0.1Co0.1O2``)."""
    if all(abs(amount - round(amount)) < 1e-6 for amount in composition.values()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(composition.reduced_formula)
    amounts = {element.symbol: f"{amount:.4g}" for element, amount in composition.items()}
    return "".join(symbol + ("" if amount == "1" else amount) for symbol, amount in amounts.items())


def units_of(amount: float) -> str:
    """``2 `` before a formula, nothing for one."""
    text = f"{amount:.3g}"
    return "" if text == "1" else f"{text} "


def least(costs: Array, columns: Array, wanted: Array) -> tuple[float, Array] | None:
    """Least ``costs @ x`` with ``columns @ x = wanted`` and x ≥ 0, and that x; None where nothing fits."""
    from scipy.optimize import linprog

    found = linprog(costs, A_eq=columns, b_eq=wanted, method="highs")
    return (float(found.fun), found.x) if found.success else None


class Phases:
    """Known compounds, by chemical system."""

    def __init__(self, entries: HullEntries) -> None:
        self.entries = entries
        self._has = np.zeros((128, len(entries)), dtype=np.uint8)  # by atomic number and compound
        self._has[entries.element, entries.owner] = 1
        self._systems: dict[tuple[int, ...], System] = {}

    def system(self, elements: Iterable[int]) -> System:
        """The compounds of these atomic numbers and no others. Raises ``NoCompounds`` for an element without any."""
        key = tuple(sorted({int(z) for z in elements}))
        if key not in self._systems:
            if len(self._systems) >= KEPT_SYSTEMS:
                self._systems.clear()
            self._systems[key] = self._select(np.array(key))
        return self._systems[key]

    def _select(self, elements: NDArray[np.int64]) -> System:
        has = self._has[elements]
        kept = np.flatnonzero(has.sum(0) == np.diff(self.entries.start))
        missing = elements[~has[:, kept].any(1)]
        if len(missing):
            from pymatgen.core import Element

            names = ", ".join(Element.from_Z(int(z)).symbol for z in missing)
            raise NoCompounds(f"no known compounds of {names}")
        entries = self.entries
        counts = np.zeros((len(elements), len(kept)))
        for column, i in enumerate(kept):
            pairs = slice(entries.start[i], entries.start[i + 1])
            counts[np.searchsorted(elements, entries.element[pairs]), column] = entries.count[pairs]
        return System(elements, counts, entries.energy[kept] * counts.sum(0))


@cache
def phases(table: str | None = None) -> Phases:
    """The shipped compounds, or those of a CSV or parquet table of one's own (``compounds``)."""
    return Phases(hull_entries() if table is None else read_compounds(Path(table)))


def own_formation_energy(crystal: Crystal) -> float | None:
    """Formation energy (eV/atom) that the crystal's ``info`` carries, from the same kind of calculation as the hull.

    The estimate of a potential is none such: 0.05 eV/atom of error in a garnet of 24 atoms that gives up half a lithium
    per formula unit would move its oxidation edge by 2.4 V.
    """
    energy = crystal.info.get(FORMATION_ENERGY)
    return float(energy) if isinstance(energy, (int, float, np.number)) and np.isfinite(energy) else None


def decomposition(
    composition: Composition, formation_energy: float | None = None, table: str | None = None
) -> tuple[float | None, str]:
    """Energy above the hull, eV/atom, and what the compound decomposes into, e.g. ``2 Li3PS4 + Li4GeS4``.

    ``formation_energy`` (eV/atom) is the compound's own; without it, that of the known compound of this formula is
    taken, and the first answer is None where there is none. The products are the most stable mixture of known
    compounds, per formula unit: the formula itself where it is on the hull. Negative: more stable than all that is
    known. Raises ``NoCompounds``.
    """
    formula = reduced(composition)
    system = phases(table).system(element.Z for element in formula)
    amounts = system.vector(formula)
    energy, units = system.mixture(amounts)
    own = system.known(amounts) if formation_energy is None else formation_energy * amounts.sum()
    height = None if own is None else round(float((own - energy) / amounts.sum()), ENERGY_DIGITS)
    return height, system.words(units)
