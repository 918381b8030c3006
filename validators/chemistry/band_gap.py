"""Check ``insulation``: the band gap that the orbit surrogate predicts.

The prediction uses space group, Wyckoff positions and elements alone (``gen/surrogate``). It is on the scale of its
training data: gaps of semilocal density functional theory (GGA) from the Materials Project. They are too small, on
average by a third to a half (Perdew, Int. J. Quantum Chem. 28, 497, 1985), and zero for some true insulators. Set the
limit lower than the gap that you need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.symmetry.orbits import NoOrbits, orbits_of
from ..check import Check
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal


class Insulation(Check):
    """Check of the band gap. Value: estimated GGA band gap, eV, with its spread.

    argument   meaning                                       unit
    at_least   limit; None: report the gap, always pass       eV
    """

    name: ClassVar[str] = "insulation"
    question: ClassVar[str] = "Is it an electronic insulator, by its estimated band gap?"
    unit: ClassVar[str] = "eV"

    def __init__(self, at_least: float | None = 1.0) -> None:
        if at_least is not None and at_least < 0:
            raise UserError(f"A band gap is never negative: at_least {at_least:g} eV is not a limit.")
        self.at_least = at_least

    def answer(self, crystal: Crystal) -> Verdict:
        """Compares the prediction, without its spread, with the limit; unknown for a crystal without orbits."""
        from ...gen.surrogate.orbit_inputs import OrbitInputs  # torch: all checks are imported to refuse a wrong name
        from ...gen.surrogate.orbit_surrogate import default_orbit_surrogate  # as above

        try:
            orbits = orbits_of(crystal)
        except NoOrbits as error:
            return self.verdict(None, limit=self.at_least, reason=f"no orbits: {error}")
        inputs = OrbitInputs.of_skeletons([(orbits.space_group, orbits.positions, orbits.elements)])
        values, spreads = default_orbit_surrogate().predict(inputs).of("band_gap")
        gap, spread = max(float(values[0]), 0.0), float(spreads[0])
        passed = self.at_least is None or gap >= self.at_least
        scale = "on the scale of GGA, which is too small by a third or more"
        reason = f"band gap estimated at {gap:.1f} ± {spread:.1f} eV {scale}"
        return self.verdict(passed, gap, spread, limit=self.at_least, reason=reason)
