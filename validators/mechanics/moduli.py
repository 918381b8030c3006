"""How stiff is it, and is it mechanically stable?

Finite strain with a potential (``finite_strain``), ions relaxed, averaged over a polycrystal (``elasticity``).
Potentials are biased, most are too soft: K and G are multiplied by factors measured on crystals whose moduli are known,
and their spread is what is left after that (``moduli_calibration.json``, made by ``make_moduli.py``).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.findings import ElasticModuli
from ...gen.symmetry.orbits import primitive_cell
from ..check import Transform
from ..relaxation.potentials import potential_named
from ..verdict import Detail, Verdict
from .elasticity import Elasticity, poisson_ratio, young_modulus
from .finite_strain import NoTensor, elasticity

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

CALIBRATION = Path(__file__).with_name("moduli_calibration.json")
DEFAULT = "sevenn-l3i5"  # the nearest to the crystals that are known, see benchmarks/moduli.py
BULK, SHEAR = "bulk_modulus", "shear_modulus"  # columns of an input file, GPa
MAX_ATOMS = 60  # of the primitive cell: ten minutes on one core


@dataclass(frozen=True)
class Calibration:
    """What a potential is worth, for K and G, measured on ``crystals`` known crystals.

    name     meaning
    factor   geometric mean of known / computed, by which moduli are corrected
    spread   standard deviation of the logarithm of what is left
    left     mean relative error after correction
    """

    bulk_factor: float = 1.0
    bulk_spread: float = math.nan
    bulk_left: float = math.nan
    shear_factor: float = 1.0
    shear_spread: float = math.nan
    shear_left: float = math.nan
    crystals: int = 0

    @property
    def words(self) -> str:
        """For a person."""
        if not self.crystals:
            return "never measured: moduli as computed"
        return (
            f"K × {self.bulk_factor:.2f}, G × {self.shear_factor:.2f}; then off by {self.bulk_left:.0%} and "
            f"{self.shear_left:.0%} on average, measured on {self.crystals} crystals"
        )


@cache
def calibration(potential: str) -> Calibration:
    """That of a potential; no correction and no spread for one that was not measured."""
    table = json.loads(CALIBRATION.read_text(encoding="utf-8")).get(potential)
    if table is None:
        return Calibration()
    numbers = {name: table[name] for name in Calibration.__annotations__ if name in table}
    return Calibration(**numbers, crystals=len(table["computed"]))


class Moduli(Transform):
    """Value: shear modulus, GPa, with the spread that the potential has. The crystal is given on with its moduli.

    argument                        meaning
    shear_at_least, shear_at_most   GPa; None: tell it, pass always (if mechanically stable)
    bulk_at_least, bulk_at_most     GPa, likewise
    potential                       by name, see ``potential``
    calibrated                      correct the potential's bias
    max_atoms                       of the primitive cell; of more no moduli are computed
    """

    name: ClassVar[str] = "moduli"
    question: ClassVar[str] = "How stiff is it, and is it mechanically stable?"
    unit: ClassVar[str] = "GPa"

    def __init__(
        self,
        shear_at_least: float | None = None,
        shear_at_most: float | None = None,
        bulk_at_least: float | None = None,
        bulk_at_most: float | None = None,
        potential: str = DEFAULT,
        calibrated: bool = True,
        max_atoms: int = MAX_ATOMS,
    ) -> None:
        potential_named(potential)
        for what, low, high in (("shear", shear_at_least, shear_at_most), ("bulk", bulk_at_least, bulk_at_most)):
            if low is not None and high is not None and low > high:
                raise UserError(f"{what}_at_least {low:g} GPa lies above {what}_at_most {high:g} GPa.")
        self.bounds = {SHEAR: (shear_at_least, shear_at_most), BULK: (bulk_at_least, bulk_at_most)}
        self.potential = potential
        self.calibration = calibration(potential) if calibrated else Calibration()
        self.max_atoms = max_atoms

    def apply(self, crystal: Crystal) -> tuple[Verdict, Crystal | None]:
        """The verdict, and the same crystal with its moduli in ``info`` where they are known."""
        start = primitive_cell(crystal)
        if len(start) > self.max_atoms:
            return self._said(None, f"more than {self.max_atoms} atoms (limit of this check)"), None
        try:
            found = elasticity(start, self.potential)
        except NoTensor as error:
            return self._said(None, f"no elastic tensor: {error}"), None
        if not found.is_stable:
            return self._said(False, f"mechanically unstable: a strain softens it ({found.softest:.1f} GPa)"), None
        c = self.calibration
        bulk, shear = found.bulk_modulus * c.bulk_factor, found.shear_modulus * c.shear_factor
        moduli = ElasticModuli(bulk, shear, self.potential)
        return self._verdict(found, bulk, shear), crystal.with_findings(moduli=moduli)

    def _verdict(self, found: Elasticity, bulk: float, shear: float) -> Verdict:
        c = self.calibration
        spread = None if math.isnan(c.shear_spread) else shear * c.shear_spread
        tensor = "; ".join(" ".join(f"{x:.1f}" for x in row) for row in found.stiffness)
        details = (
            Detail("bulk modulus", bulk, "GPa"),
            Detail("spread of bulk modulus", bulk * c.bulk_spread, "GPa"),
            Detail("Young's modulus", young_modulus(bulk, shear), "GPa"),
            Detail("Poisson's ratio", poisson_ratio(bulk, shear)),
            Detail("Pugh's ratio K/G", bulk / shear),
            Detail("anisotropy", found.anisotropy),
            Detail("softest strain", found.softest, "GPa"),
            Detail("elastic tensor, uncorrected", tensor, "GPa"),
            Detail("correction", c.words),
            Detail("potential", self.potential),
        )
        outside = [
            f"{name.replace('_', ' ')} {value:.0f} GPa is {side} {limit:g} GPa"
            for name, value in ((SHEAR, shear), (BULK, bulk))
            for side, limit in zip(("below", "above"), self.bounds[name], strict=True)
            if limit is not None and (value < limit if side == "below" else value > limit)
        ]
        found_good = f"bulk modulus {bulk:.0f} GPa, shear modulus {shear:.0f} GPa, mechanically stable"
        reason = ", ".join(outside) or found_good
        return Verdict(self.name, not outside, shear, spread, "GPa", self._limit, reason, details)

    @property
    def _limit(self) -> float | None:
        low, high = self.bounds[SHEAR]
        return high if low is None else low

    def _said(self, passed: bool | None, reason: str) -> Verdict:
        return Verdict(self.name, passed, unit="GPa", limit=self._limit, reason=reason)


def known_moduli(crystal: Crystal) -> ElasticModuli | None:
    """The moduli that an earlier check found, or the columns ``bulk_modulus`` and ``shear_modulus`` give; or None."""
    if crystal.findings.moduli is not None:
        return crystal.findings.moduli
    if BULK in crystal.info and SHEAR in crystal.info:
        return ElasticModuli(float(crystal.info[BULK]), float(crystal.info[SHEAR]), "info")
    return None
