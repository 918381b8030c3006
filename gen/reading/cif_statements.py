"""What a CIF states of its content, compared with what was read: formula, Z, density, volume, multiplicities.

statement                         agrees if
formula                           ratios of elements are equal (within 1 % where it has decimals)
Z                                 the cell holds Z formulas, as written or reduced, or is the formula and divides by Z
density                           within 5 %
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
from .cif_formulas import Formula, formula_text, stated_formula
from .cif_numbers import number_or_none

DENSITY_TOLERANCE = 0.05
VOLUME_TOLERANCE = 0.02
PARTIAL_TOLERANCE = 0.05  # of numbers of atoms in disordered crystals, whose occupancies are rounded
DECIMAL_TOLERANCE = 0.01
WHOLE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Statements:
    """What the file states; None for what it does not. ``units`` is Z, density in g/cm³, volume in Å³."""

    formula: Formula | None
    units: float | None
    density: float | None
    volume: float | None

    def contradiction(self, counts: Mapping[int, float], volume: float, has_isotopes: bool, is_partial: bool) -> str:
        """The first statement that the numbers of atoms (by atomic number) in the cell contradict; empty if none."""
        found = formula_text(counts)
        if self.formula:
            if missing := self._missing_words(counts):
                return f"it states the formula {self.formula.text}, but its atoms are {found}: {missing} is not listed"
            if not _agree(self.formula, counts, is_partial):
                return f"it states the formula {self.formula.text}, but its atoms are {found}"
            if self.units and not self._units(self.formula, counts, is_partial):
                return f"it states Z = {self.units:g} of {self.formula.text}, but its cell holds {found}"
        if self.density and not has_isotopes:
            density = _mass(counts) / volume * ATOMIC_MASS_TO_G_PER_CM3
            if not any(abs(density / (self.density / unit) - 1) <= DENSITY_TOLERANCE for unit in (1, 1000)):
                return f"it states the density {self.density:g} g/cm³, but its cell of {found} has {density:.4g} g/cm³"
        return ""

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
    formula = stated_formula(block)
    text = block.value("_chemical_formula_sum", "_chemical_formula_moiety")
    remarks = [f"The stated formula {text[:60]} is not understood and not compared."] if text and not formula else []
    numbers = {
        tag: number_or_none(block.value(tag))
        for tag in ("_cell_formula_units_z", "_exptl_crystal_density_diffrn", "_cell_volume")
    }
    units, density, volume = (n if n and n > 0 else None for n in numbers.values())
    return Statements(formula, units, density, volume), remarks


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


def _mass(counts: Mapping[int, float]) -> float:
    from ase.data import atomic_masses

    return float(sum(n * atomic_masses[z] for z, n in counts.items()))
