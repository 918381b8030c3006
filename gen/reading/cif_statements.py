"""What a CIF states of its content, compared with what was read: formula, Z, density, volume, multiplicities.

statement                         agrees if
formula                           ratios of elements are equal (within 1 % where it has decimals)
Z                                 the cell holds Z formulas, as written or reduced, or is the formula and divides by Z
Z without a formula               it divides the number of atoms of each element
weight of the formula             Z of it are the mass of the cell, within 2 %
density                           within 1.5 % or its last digit (measured: 10 %; with partial occupancies: 5 %)
volume                            within 2 %
multiplicity of each site         it is the number of images (or, as SHELXL-97 wrote, the order of the site's symmetry)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from ..crystal import ATOMIC_MASS_TO_G_PER_CM3
from .cif_blocks import CifBlock
from .cif_faults import CifFault
from .cif_formulas import Formula, formula_text, rows_of_formulas, stated_formula
from .cif_images import CellSites
from .cif_numbers import number_or_none
from .formula_writings import named_elements

UNITS = "_cell_formula_units_z"
DENSITY_TOLERANCE = 0.015
MEASURED_TOLERANCE = 0.10
WEIGHT_TOLERANCE = 0.02
VOLUME_TOLERANCE = 0.02
PARTIAL_TOLERANCE = 0.05  # of numbers of atoms in disordered crystals, whose occupancies are rounded
DECIMAL_TOLERANCE = 0.01
WHOLE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Statements:
    """What the file states; None for what it does not. ``units`` is Z, density in g/cm³, volume in Å³.

    symbol      meaning                                                   unit
    densities   each with its relative tolerance                          g/cm³
    weight      mass of the formula                                       g/mol
    obscure     formula that is not understood; empty: none
    """

    formula: Formula | None
    units: float | None
    density: float | None
    volume: float | None
    densities: tuple[tuple[float, float], ...] = ()
    weight: float | None = None
    obscure: str = ""

    def contradiction(self, counts: Mapping[int, float], volume: float, has_isotopes: bool, is_partial: bool) -> str:
        """The first statement that the numbers of atoms (by atomic number) in the cell contradict; empty if none."""
        found = formula_text(counts)
        if self.formula:
            if missing := self._missing_words(counts):
                return f"it states the formula {self.formula.text}, but its atoms are {found}: {missing} is not listed"
            if not _agree(self.formula, counts, is_partial):
                return f"it states the formula {self.formula.text}, but its atoms are {found}"
            if self.units and self.formula.is_counted and not self._units(self.formula, counts, is_partial):
                return f"it states Z = {self.units:g} of {self.formula.text}, but its cell holds {found}"
        elif lacking := named_elements(self.obscure) - set(counts):
            words = formula_text(dict.fromkeys(lacking, 1))
            return f"it states the formula {self.obscure[:60]}, but its atoms are {found}: {words} is not listed"
        alone = self._units_alone()
        if alone and not is_partial and any(n % alone for n in counts.values()):
            return f"it states Z = {alone:g}, which does not divide the atoms of its cell of {found}"
        return "" if has_isotopes else self._wrong_mass(counts, volume, is_partial)

    def _wrong_mass(self, counts: Mapping[int, float], volume: float, is_partial: bool) -> str:
        """The stated weight or density that the cell contradicts; empty if none."""
        found, mass = formula_text(counts), _mass(counts)
        least = PARTIAL_TOLERANCE if is_partial else 0.0
        if self.weight:
            ratio = mass / self.weight
            units = self._units_alone() or max(1, round(ratio))
            if abs(ratio / units - 1) > max(least, WEIGHT_TOLERANCE):
                return f"it states the formula weight {self.weight:g}, but its cell of {found} has the mass {mass:.5g}"
        density = density_of(counts, volume)
        for stated, tolerance in self.densities:
            if not any(abs(density / (stated / unit) - 1) <= max(least, tolerance) for unit in (1, 1000)):
                return f"it states the density {stated:g} g/cm³, but its cell of {found} has {density:.4g} g/cm³"
        return ""

    def _units_alone(self) -> float:
        """Z where it is a whole number and no formula is stated that it counts; else 0."""
        is_counted = self.formula is not None and self.formula.is_counted
        return self.units if self.units and self.units.is_integer() and not is_counted else 0.0

    def is_as_written(self, counts: Mapping[int, float]) -> bool:
        """Whether the cell holds exactly Z formulas as they are written."""
        if not self.formula or not self.units:
            return False
        return all(abs(n - self.units * self.formula.counts.get(z, 0.0)) < WHOLE_TOLERANCE for z, n in counts.items())

    def of_volume(self) -> Statements:
        """The same without formula, Z, weight and densities, which say how many atoms there are."""
        return Statements(None, None, None, self.volume)

    def agree_on_full_places(self, cell: CellSites) -> bool:
        """Whether the formula has the elements of the cell, those that only full places hold in its ratios."""
        mixed = {z for content in cell.disordered for z in content}
        counts = cell.counts
        if not self.formula or set(self.formula.counts) != set(counts):
            return False
        ratios = [counts[z] / self.formula.counts[z] for z in counts if z not in mixed and self.formula.counts[z]]
        return not ratios or max(ratios) <= (1 + PARTIAL_TOLERANCE) * min(ratios)

    def missing(self, numbers: Collection[int]) -> list[int]:
        """Atomic numbers of the stated formula that are not among those listed."""
        return [z for z in self.formula.counts if z not in numbers] if self.formula else []

    def _missing_words(self, numbers: Collection[int]) -> str:
        missing = self.missing(numbers)
        return "hydrogen" if missing == [1] else formula_text(dict.fromkeys(missing, 1))

    def _units(self, formula: Formula, counts: Mapping[int, float], is_partial: bool) -> bool:
        assert self.units is not None
        ratio = sum(counts.values()) / sum(formula.counts.values())
        tolerance = PARTIAL_TOLERANCE if is_partial else DECIMAL_TOLERANCE
        divisor = reduce(math.gcd, (round(n) for n in formula.counts.values())) if formula.is_exact else 1
        if abs(ratio - 1) <= tolerance and (divisor / self.units).is_integer():
            return True  # the formula is that of the cell, and Z counts units of its own, such as Li2O2 in Li6O6
        factors = {1.0, 1 / divisor}
        return any(abs(ratio / (self.units * factor) - 1) <= tolerance for factor in factors)


def _agree(formula: Formula, counts: Mapping[int, float], is_partial: bool) -> bool:
    """Whether the numbers of atoms are in the ratios of the formula."""
    scale = sum(formula.counts.values()) / sum(counts.values())
    tolerance = PARTIAL_TOLERANCE if is_partial else WHOLE_TOLERANCE if formula.is_exact else DECIMAL_TOLERANCE
    stated = {z: formula.counts.get(z, 0.0) for z in counts}
    least = 1.0 if is_partial else 0.1
    return all(abs(n * scale - stated[z]) <= tolerance * max(stated[z], least) for z, n in counts.items())


def statements_of(block: CifBlock) -> tuple[Statements, list[str]]:
    """The statements of a block, and remarks on those that are not understood."""
    formula, obscure = stated_formula(block)
    remarks = [f"The stated formula {obscure[:60]} is not understood and not compared."] if obscure else []
    if rows := rows_of_formulas(block):
        remarks.append(f"Several formulas are stated ({', '.join(rows[:2])[:60]}, …) and not compared.")
    if (text := block.value(UNITS)) and _positive(text) is None:
        remarks.append(f"The stated Z {text[:60]} is not a number above 0 and not compared.")
    units, volume, weight = (_positive(block.value(tag)) for tag in (UNITS, "_cell_volume", "_chemical_formula_weight"))
    densities = []
    for tag, tolerance in (
        ("_exptl_crystal_density_diffrn", DENSITY_TOLERANCE), ("_exptl_crystal_density_meas", MEASURED_TOLERANCE),
    ):  # fmt: skip
        text = block.value(tag)
        if text and (value := _positive(text)):
            densities.append((value, max(tolerance, 0.6 * _last_digit(text) / value)))
    return Statements(
        formula, units, densities[0][0] if densities else None, volume, tuple(densities), weight, obscure
    ), remarks


def _positive(text: str | None) -> float | None:
    number = number_or_none(text)
    return number if number and number > 0 else None


def _last_digit(text: str) -> float:
    """The size of the last digit of a decimal number."""
    return float(10.0 ** -len(text.partition("(")[0].partition(".")[2]))


def check_volume(statements: Statements, volume: float) -> None:
    """Raises ``CifFault`` if the stated volume is not that of the cell, in Å³."""
    if statements.volume and abs(statements.volume / volume - 1) > VOLUME_TOLERANCE:
        raise CifFault(f"it states the cell volume {statements.volume:g} Å³, but its cell has {volume:.5g} Å³")


def wrong_multiplicity(labels: Sequence[str], stated: Sequence[float | None], images: Sequence[int], order: int) -> str:
    """The first site whose stated multiplicity is not its number of images by ``order`` operations; else empty."""
    known = [(label, m, n) for label, m, n in zip(labels, stated, images, strict=True) if m]
    if all(m == order / n for _, m, n in known):
        return ""
    return next(
        (
            f"it states the multiplicity {m:g} of site {label}, which has {n} images in the cell"
            for label, m, n in known
            if m != n
        ),
        "",
    )


def density_of(counts: Mapping[int, float], volume: float) -> float:
    """Density, in g/cm³, of numbers of atoms by atomic number in a volume in Å³."""
    return _mass(counts) / volume * ATOMIC_MASS_TO_G_PER_CM3


def _mass(counts: Mapping[int, float]) -> float:
    from ase.data import atomic_masses

    return float(sum(n * atomic_masses[z] for z, n in counts.items()))
