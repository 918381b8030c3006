"""Check ``dendrites``: whether lithium dendrites start at the interface with lithium metal, by linear elasticity.

Two theories, which may disagree:

Monroe and Newman (J. Electrochem. Soc. 152, A396, 2005): deposition on a bump becomes slower if the shear modulus of
the electrolyte is at least about twice that of lithium; 2 × 3.4 GPa here. The theory was made for polymers, in which
lithium ions take more room than in the metal. It is what most tables of electrolytes mean by "stiff enough".

Ahmad and Viswanathan (Phys. Rev. Lett. 119, 056003, 2017) keep the volume of the ion as a variable
(``dendrite_theory``). In crystals it is small, so that lithium expands when it is deposited, and stiffness makes the
bump grow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ..check import Check
from ..near_miss import compared, excess, require_margin
from ..verdict import Detail, Verdict
from .dendrite_theory import LITHIUM_SHEAR, ion_volume_ratio, stability_parameter
from .elasticity import poisson_ratio
from .moduli import DEFAULT, MAX_ATOMS, Moduli, known_moduli

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

SHEAR_RATIO = 2.0  # Monroe and Newman: 1.8 to 2.2, depending on Poisson's ratio


class Dendrites(Check):
    """Check of dendrites. Value: shear modulus, GPa; limit: a multiple of that of lithium.

    argument              meaning
    shear_ratio_at_least  limit, as a multiple of lithium's shear modulus (Monroe, Newman); None: no limit
    stable                also require a positive stability parameter (Ahmad, Viswanathan)
    volume_ratio          V⁺/V; None: from Shannon's radius for the coordination of lithium in the crystal
    potential, max_atoms  for the moduli, unless an earlier check or the input file gives them
    margin                error beyond which a modulus is no near miss, GPa; None: the spread of the potential
    """

    name: ClassVar[str] = "dendrites"
    question: ClassVar[str] = "Would lithium dendrites start at its interface with lithium metal, by linear elasticity?"
    unit: ClassVar[str] = "GPa"

    def __init__(
        self,
        shear_ratio_at_least: float | None = SHEAR_RATIO,
        stable: bool = False,
        volume_ratio: float | None = None,
        potential: str = DEFAULT,
        max_atoms: int = MAX_ATOMS,
        margin: float | None = None,
    ) -> None:
        require_margin(margin)
        if volume_ratio is not None and volume_ratio <= 0:
            raise UserError("The volume ratio of lithium ion to lithium metal must be above 0.")
        self.limit = None if shear_ratio_at_least is None else shear_ratio_at_least * LITHIUM_SHEAR
        self.stable = stable
        self.margin = margin
        self.volume_ratio = volume_ratio
        self.moduli = Moduli(potential=potential, max_atoms=max_atoms)

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes if the crystal is stiff enough and, with ``stable``, the interface is stable."""
        known = known_moduli(crystal)
        if known is None:
            verdict, found = self.moduli.apply(crystal)
            known = None if found is None else found.findings.moduli
            if known is None:
                return self.verdict(None, limit=self.limit, reason=verdict.reason)
        bulk, shear = known.bulk, known.shear
        ratio = self.volume_ratio or ion_volume_ratio(crystal)
        chi = stability_parameter(shear, poisson_ratio(bulk, shear), ratio)
        levels = "levels out" if chi > 0 else "grows"
        details = (
            Detail("shear modulus over lithium's", shear / LITHIUM_SHEAR),
            Detail("stability parameter", chi, "kJ/(mol nm)"),
            Detail("volume ratio of ion and metal", ratio),
            Detail("moduli from", known.source),
        )
        error = shear * self.moduli.calibration.shear_spread if self.margin is None else self.margin
        stiff = compared([excess(shear, at_least=self.limit)], error, self.unit)
        reason = (
            f"shear modulus {shear:.1f} GPa, {shear / LITHIUM_SHEAR:.1f} times that of lithium (Monroe, Newman); "
            f"a bump {levels} (Ahmad, Viswanathan)"
        )
        flat = chi > 0 or not self.stable
        return self.verdict(
            stiff.passed and flat, shear, limit=self.limit, reason=reason + stiff.remark, details=details,
            near_miss=stiff.near_miss and flat,
        )  # fmt: skip
