"""Check ``insulation``: the band gap, measured or tabulated for known crystals, else predicted by the orbit surrogate.

The prediction uses space group, Wyckoff positions and elements alone (``gen/surrogate``). Tabulated and predicted gaps
are on one scale: gaps of semilocal density functional theory (GGA) from the Materials Project. They are too small, on
average by a third to a half (Perdew, Int. J. Quantum Chem. 28, 497, 1985), and zero for some true insulators. Set the
limit lower than the gap that you need. Measured gaps (``measured_gaps.csv``) are compared with the same limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.symmetry.orbits import NoOrbits, orbits_of
from ..check import Check
from ..near_miss import compared, excess, require_margin
from ..structure.tabulated import tabulated
from ..verdict import Detail, Verdict
from .measured_gaps import measured_gap

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

PROPERTY = "band_gap"
TABULATED_ERROR = 0.2  # eV: the same crystal in several versions of the Materials Project


class Insulation(Check):
    """Check of the band gap. Value: GGA band gap, eV, with its spread.

    argument    meaning                                                                        unit
    at_least    limit; None: report the gap, always pass                                        eV
    margin      error beyond which a gap is no near miss; None: the spread of the estimate      eV
    known       take the measured gap of a known compound, or the tabulated one of the reference set
    """

    name: ClassVar[str] = "insulation"
    question: ClassVar[str] = "Is it an electronic insulator, by its band gap, measured, tabulated or estimated?"
    unit: ClassVar[str] = "eV"

    def __init__(self, at_least: float | None = 1.0, margin: float | None = None, known: bool = True) -> None:
        if at_least is not None and at_least < 0:
            raise UserError(f"A band gap is never negative: at_least {at_least:g} eV is not a limit.")
        require_margin(margin)
        self.at_least = at_least
        self.margin = margin
        self.known = known

    def answer(self, crystal: Crystal) -> Verdict:
        """Compares the gap with the limit; unknown for a crystal without orbits that is not in the reference set."""
        scale = " on the scale of GGA, which is too small by a third or more"
        measured = measured_gap(crystal) if self.known else None
        known = tabulated(crystal, PROPERTY) if self.known and measured is None else None
        if measured is not None:
            gap, spread, source, scale = measured.value, measured.error, "measured", ""
            reason = f"band gap {gap:.1f} eV, measured ({measured.source})"
        elif known is not None:
            gap, spread, source = known.value, TABULATED_ERROR, f"tabulated for {known.name}"
            reason = f"band gap {gap:.1f} eV, {source}"
        else:
            try:
                gap, spread = self._estimate(crystal)
            except NoOrbits as error:
                return self.verdict(None, limit=self.at_least, reason=f"no orbits: {error}")
            reason, source = f"band gap estimated at {gap:.1f} ± {spread:.1f} eV", "estimated"
        margin = spread if self.margin is None else self.margin
        found = compared([excess(gap, at_least=self.at_least)], margin, self.unit)
        return self.verdict(
            found.passed, gap, spread, limit=self.at_least, reason=f"{reason}{scale}{found.remark}",
            details=(Detail("source of the gap", source),), near_miss=found.near_miss,
        )  # fmt: skip

    def _estimate(self, crystal: Crystal) -> tuple[float, float]:
        """Gap and spread by the orbit surrogate, eV. Raises ``NoOrbits``."""
        from ...gen.surrogate.orbit_inputs import OrbitInputs  # torch: all checks are imported to refuse a wrong name
        from ...gen.surrogate.orbit_surrogate import default_orbit_surrogate  # as above

        orbits = orbits_of(crystal)
        inputs = OrbitInputs.of_skeletons([(orbits.space_group, orbits.positions, orbits.elements)])
        values, spreads = default_orbit_surrogate().predict(inputs).of(PROPERTY)
        return max(float(values[0]), 0.0), float(spreads[0])
