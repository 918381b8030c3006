"""Does it keep electrons out? Its band gap, as the surrogate estimates it before anything is computed.

From space group, Wyckoff positions and elements alone (``gen/surrogate``), in the scale of its training data: gaps of
semilocal density functional theory (GGA) from the Materials Project, which are too small, on average by a third to a
half (Perdew, Int. J. Quantum Chem. 28, 497, 1985), and zero for some true insulators. Put a limit lower for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ..check import Check
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal


class Insulation(Check):
    """Value: estimated GGA band gap, eV, with its spread.

    argument   meaning                                                       unit
    at_least   limit; None: tell the estimate, pass always                    eV
    """

    name: ClassVar[str] = "insulation"
    question: ClassVar[str] = "Is it an electronic insulator, by its estimated band gap?"
    unit: ClassVar[str] = "eV"

    def __init__(self, at_least: float | None = 1.0) -> None:
        if at_least is not None and at_least < 0:
            raise UserError(f"A band gap is never below 0: {at_least:g} eV is no limit.")
        self.at_least = at_least

    def answer(self, crystal: Crystal) -> Verdict:
        """Compares the estimate itself, without its spread, with the limit; unknown where it has no orbits."""
        from ...gen.surrogate.orbit_inputs import OrbitInputs
        from ...gen.surrogate.orbit_surrogate import default_orbit_surrogate
        from ...gen.symmetry.orbits import NoOrbits, orbits_of

        try:
            orbits = orbits_of(crystal)
        except NoOrbits as error:
            return Verdict(self.name, None, unit="eV", limit=self.at_least, reason=f"no orbits: {error}")
        inputs = OrbitInputs.of_skeletons([(orbits.space_group, orbits.positions, orbits.elements)])
        values, spreads = default_orbit_surrogate().predict(inputs).of("band_gap")
        gap, spread = max(float(values[0]), 0.0), float(spreads[0])
        passed = self.at_least is None or gap >= self.at_least
        scale = "on the scale of GGA, which is too small by a third or more"
        reason = f"band gap estimated at {gap:.1f} ± {spread:.1f} eV {scale}"
        return Verdict(self.name, passed, gap, spread, "eV", self.at_least, reason)
