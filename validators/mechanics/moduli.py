"""Check ``moduli``: bulk and shear modulus of a crystal, and its mechanical stability.

Finite strain with a potential (``finite_strain``), ions relaxed, averaged over a polycrystal (``elasticity``). Most
potentials are too soft. K and G are multiplied by factors measured on crystals with known moduli; their spread is the
remaining error (``calibration``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.findings import ElasticModuli
from ...gen.symmetry.orbits import primitive_cell
from ..check import Transform
from ..near_miss import compared, excess, require_margin
from ..relaxation.potentials import potential_named
from ..verdict import Detail, Verdict
from .calibration import Calibration, calibration
from .elasticity import Elasticity, poisson_ratio, young_modulus
from .finite_strain import elasticity
from .strained_cell import NoTensor

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

DEFAULT = "sevenn-l3i5"  # smallest error on crystals with known moduli, see benchmarks/moduli.py
BULK, SHEAR = "bulk_modulus", "shear_modulus"  # columns of an input file, GPa
UNSURE = 5.0  # GPa, error of the potentials in the shear modulus of soft crystals (``calibration``)
MAX_ATOMS = 60  # of the primitive cell: ten minutes on one core


class Moduli(Transform):
    """Check of the moduli. Value: shear modulus, GPa, with its spread. Later checks get the crystal with its moduli.

    argument                        meaning
    shear_at_least, shear_at_most   limits of the shear modulus, GPa; None: no limit
    bulk_at_least, bulk_at_most     limits of the bulk modulus, GPa; None: no limit
    potential                       by name, see ``potentials``
    calibrated                      correct the systematic error of the potential
    max_atoms                       largest number of atoms in the primitive cell
    margin                          error beyond which a modulus is no near miss, GPa; None: the spread of each

    A mechanically unstable crystal fails without any limit; it is unknown if the instability is smaller than the error
    of the potential.
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
        margin: float | None = None,
    ) -> None:
        require_margin(margin)
        potential_named(potential)
        for what, low, high in (("shear", shear_at_least, shear_at_most), ("bulk", bulk_at_least, bulk_at_most)):
            if low is not None and high is not None and low > high:
                raise UserError(f"{what}_at_least {low:g} GPa is above {what}_at_most {high:g} GPa.")
        self.bounds = {SHEAR: (shear_at_least, shear_at_most), BULK: (bulk_at_least, bulk_at_most)}
        self.potential = potential
        self.calibration = calibration(potential) if calibrated else Calibration()
        self.max_atoms = max_atoms
        self.margin = margin

    def apply(self, crystal: Crystal) -> tuple[Verdict, Crystal | None]:
        """The verdict, and the same crystal with its moduli in ``findings`` unless there are none."""
        start = primitive_cell(crystal)
        if len(start) > self.max_atoms:
            return self._without_moduli(None, f"more than {self.max_atoms} atoms (limit of this check)"), None
        try:
            found = elasticity(start, self.potential)
        except NoTensor as error:
            return self._without_moduli(None, f"no elastic tensor: {error}"), None
        if not found.is_stable:
            softest = f"smallest stiffness {found.softest:.1f} GPa"
            if found.softest > -UNSURE:
                reason = f"mechanically unstable by less than the error of {self.potential}, {UNSURE:g} GPa: {softest}"
                return self._without_moduli(None, reason), None
            return self._without_moduli(False, f"mechanically unstable: {softest}"), None
        c = self.calibration
        bulk, shear = found.bulk_modulus * c.bulk_factor, found.shear_modulus * c.shear_factor
        moduli = ElasticModuli(bulk, shear, self.potential)
        return self._with_moduli(found, bulk, shear), crystal.with_findings(moduli=moduli)

    def _with_moduli(self, found: Elasticity, bulk: float, shear: float) -> Verdict:
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
            Detail("correction", c.summary),
            Detail("potential", self.potential),
        )
        outside, near = [], True
        for name, value, error in ((SHEAR, shear, shear * c.shear_spread), (BULK, bulk, bulk * c.bulk_spread)):
            low, high = self.bounds[name]
            limited = compared([excess(value, high, low)], error if self.margin is None else self.margin, self.unit)
            if not limited.passed:
                side = f"below {low:g}" if low is not None and value < low else f"above {high:g}"
                outside.append(f"{name.replace('_', ' ')} {value:.0f} GPa is {side} GPa{limited.remark}")
                near = near and limited.near_miss
        moduli = f"bulk modulus {bulk:.0f} GPa, shear modulus {shear:.0f} GPa, mechanically stable"
        reason = ", ".join(outside) or moduli
        return self.verdict(
            not outside, shear, spread, limit=self._limit, reason=reason, details=details,
            near_miss=bool(outside) and near,
        )  # fmt: skip

    @property
    def _limit(self) -> float | None:
        low, high = self.bounds[SHEAR]
        return high if low is None else low

    def _without_moduli(self, passed: bool | None, reason: str) -> Verdict:
        return self.verdict(passed, limit=self._limit, reason=reason)


def known_moduli(crystal: Crystal) -> ElasticModuli | None:
    """The moduli that an earlier check found, or the columns ``bulk_modulus`` and ``shear_modulus`` give; or None."""
    if crystal.findings.moduli is not None:
        return crystal.findings.moduli
    if BULK in crystal.info and SHEAR in crystal.info:
        return ElasticModuli(float(crystal.info[BULK]), float(crystal.info[SHEAR]), "info")
    return None
