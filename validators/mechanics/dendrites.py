"""Would lithium dendrites start at its interface with lithium metal, by linear elasticity?

Two theories, which need not agree:

Monroe and Newman (J. Electrochem. Soc. 152, A396, 2005): deposition on a bump slows where the electrolyte's shear
modulus is about twice that of lithium or more; 2 × 3.4 GPa here. It was made for polymers, where lithium ions take more
room than in the metal, and it is what most tables of electrolytes mean by "stiff enough".

Ahmad and Viswanathan (Phys. Rev. Lett. 119, 056003, 2017) keep the room that the ion takes as a variable. In crystals
it is small, so that lithium swells as it is deposited, and stiffness feeds the bump. A bump A cos(k x) of the interface
changes the electrochemical potential of the electrons by χ A cos(k x):

    χ = ½ (V + V⁺) (γ k² - 4 k G Gₑ b / d) + ½ (V⁺ - V) k (aₑ G² - a Gₑ²) / d
    a = 3 - 4ν,  d = G aₑ (1 - ν) + Gₑ a (1 - νₑ),  b = 2 - 3ν - 3νₑ + 4ννₑ

symbol   meaning                                                                          unit
G, ν     shear modulus and Poisson's ratio of the electrolyte; with index e, of lithium   GPa, none
V, V⁺    molar volume of lithium metal and of the ion in the electrolyte                  m³/mol
γ, k     interface energy, and wave number of the bump                                    J/m², 1/m

The terms are surface tension, deviatoric and hydrostatic stress, from the solution of two elastic half spaces that
share a displaced interface. Positive: the bump levels out (the sign is our choice).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...gen.errors import UserError
from ..check import Check
from ..structure.neighbours import PeriodicPoints
from ..verdict import Detail, Verdict
from .elasticity import poisson_ratio
from .moduli import DEFAULT, MAX_ATOMS, Moduli, known_moduli

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

LITHIUM_SHEAR, LITHIUM_POISSON = 3.4, 0.42  # GPa, none: as both papers have it
LITHIUM_VOLUME = 1.302e-5  # m³/mol: 0.534 g/cm³
SHEAR_RATIO = 2.0  # Monroe and Newman: 1.8 to 2.2 by Poisson's ratio
TENSION, WAVE_NUMBER = 0.556, 1e8  # J/m², 1/m: a bump of 63 nm
AVOGADRO = 6.02214076e23
# Shannon's radius of Li⁺ in Å (Acta Cryst. A 32, 751, 1976) by coordination number; five in between
RADII = {4: 0.59, 5: 0.675, 6: 0.76, 7: 0.84, 8: 0.92}
REACH, SHELL = 5.0, 1.25  # Å, and times the nearest distance: what belongs to the coordination of lithium
LITHIUM = 3


class Dendrites(Check):
    """Value: shear modulus, GPa, with the spread of the potential it comes from; limit: a multiple of lithium's.

    argument              meaning
    shear_ratio_at_least  of lithium's shear modulus (Monroe, Newman); None: tell it, pass always
    stable                ask for a positive stability parameter, too (Ahmad, Viswanathan)
    volume_ratio          V⁺/V; None: a sphere of Shannon's radius for the coordination of lithium in the crystal
    potential, max_atoms  for the moduli, unless ``info`` has them from an earlier check
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
    ) -> None:
        if volume_ratio is not None and volume_ratio <= 0:
            raise UserError("The volume ratio of lithium ion to lithium metal must be above 0.")
        self.limit = None if shear_ratio_at_least is None else shear_ratio_at_least * LITHIUM_SHEAR
        self.stable = stable
        self.volume_ratio = volume_ratio
        self.moduli = Moduli(potential=potential, max_atoms=max_atoms)

    def answer(self, crystal: Crystal) -> Verdict:
        """Passes where it is stiff enough and, if asked, stable."""
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
        stiff = self.limit is None or shear >= self.limit
        reason = (
            f"shear modulus {shear:.1f} GPa, {shear / LITHIUM_SHEAR:.1f} times lithium's (Monroe, Newman); "
            f"a bump {levels} (Ahmad, Viswanathan)"
        )
        passed = stiff and (chi > 0 or not self.stable)
        return Verdict(self.name, passed, shear, None, "GPa", self.limit, reason, details)


def stability_parameter(
    shear: float, poisson: float, volume_ratio: float, tension: float = TENSION, wave_number: float = WAVE_NUMBER
) -> float:
    """χ of the module's docstring, kJ/(mol nm), for an electrolyte's shear modulus (GPa) and Poisson's ratio."""
    g, ge = shear * 1e9, LITHIUM_SHEAR * 1e9  # Pa
    a, ae = 3 - 4 * poisson, 3 - 4 * LITHIUM_POISSON
    b = 2 - 3 * poisson - 3 * LITHIUM_POISSON + 4 * poisson * LITHIUM_POISSON
    d = g * ae * (1 - poisson) + ge * a * (1 - LITHIUM_POISSON)
    both, more = LITHIUM_VOLUME * (1 + volume_ratio), LITHIUM_VOLUME * (volume_ratio - 1)
    surface = tension * wave_number**2
    deviatoric = -4 * wave_number * g * ge * b / d
    hydrostatic = wave_number * (ae * g**2 - a * ge**2) / d
    return (both * (surface + deviatoric) + more * hydrostatic) / 2 * 1e-12  # J/(mol m) → kJ/(mol nm)


def ion_volume_ratio(crystal: Crystal) -> float:
    """Volume of Li⁺ over that of lithium in the metal: Shannon's radius for its coordination, averaged over the sites.

    Where lithium has no neighbours but lithium, or there is none, that of fourfold coordination.
    """
    metal = LITHIUM_VOLUME / AVOGADRO * 1e30  # Å³
    radii = [RADII[min(max(n, min(RADII)), max(RADII))] for n in coordinations(crystal) or [min(RADII)]]
    return float(np.mean([4 / 3 * np.pi * r**3 for r in radii])) / metal


def coordinations(crystal: Crystal) -> list[int]:
    """For each lithium atom, the number of atoms but lithium within 1.25 times the nearest one's distance."""
    pairs = PeriodicPoints(crystal).pairs(REACH)
    others = crystal.atomic_numbers[pairs.second] != LITHIUM
    found = []
    for site in np.flatnonzero(crystal.atomic_numbers == LITHIUM):
        distances = pairs.distance[(pairs.first == site) & others]
        if len(distances):
            found.append(int((distances <= distances.min() * SHELL).sum()))
    return found
