"""Stability of the interface between an electrolyte and lithium metal, by linear elasticity.

Ahmad and Viswanathan (Phys. Rev. Lett. 119, 056003, 2017). A bump A cos(k x) of the interface changes the
electrochemical potential of the electrons by χ A cos(k x):

    χ = ½ (V + V⁺) (γ k² - 4 k G Gₑ b / d) + ½ (V⁺ - V) k (aₑ G² - a Gₑ²) / d
    a = 3 - 4ν,  d = G aₑ (1 - ν) + Gₑ a (1 - νₑ),  b = 2 - 3ν - 3νₑ + 4ννₑ

symbol   meaning                                                                          unit
G, ν     shear modulus and Poisson's ratio of the electrolyte; with index e, of lithium   GPa, none
V, V⁺    molar volume of lithium metal and of the ion in the electrolyte                  m³/mol
γ, k     interface energy, and wave number of the bump                                    J/m², 1/m

The terms are surface tension, deviatoric stress and hydrostatic stress, from the solution for two elastic half spaces
with a displaced common interface. If χ is positive, the bump levels out (the sign is our choice).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...gen.elements import LITHIUM
from ..structure.neighbours import PeriodicPoints

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

LITHIUM_SHEAR, LITHIUM_POISSON = 3.4, 0.42  # GPa, none: as in both papers
LITHIUM_VOLUME = 1.302e-5  # m³/mol: 0.534 g/cm³
TENSION, WAVE_NUMBER = 0.556, 1e8  # J/m², 1/m: a bump of 63 nm
AVOGADRO = 6.02214076e23
# Shannon's radius of Li⁺ in Å (Acta Cryst. A 32, 751, 1976) by coordination number; five is the mean of four and six
RADII = {4: 0.59, 5: 0.675, 6: 0.76, 7: 0.84, 8: 0.92}
REACH, SHELL = 5.0, 1.25  # Å, and times the nearest distance: limits of the coordination shell of lithium


def stability_parameter(
    shear: float, poisson: float, volume_ratio: float, tension: float = TENSION, wave_number: float = WAVE_NUMBER
) -> float:
    """χ, kJ/(mol nm), for an electrolyte's shear modulus (GPa), Poisson's ratio and V⁺/V."""
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
    """V⁺/V: volume of Li⁺, a sphere of Shannon's radius averaged over its sites, over that of lithium in the metal.

    For lithium without other neighbours, and without lithium, fourfold coordination is assumed.
    """
    metal = LITHIUM_VOLUME / AVOGADRO * 1e30  # Å³
    radii = [RADII[min(max(n, min(RADII)), max(RADII))] for n in coordinations(crystal) or [min(RADII)]]
    return float(np.mean([4 / 3 * np.pi * r**3 for r in radii])) / metal


def coordinations(crystal: Crystal) -> list[int]:
    """For each lithium atom, the number of other atoms than lithium within 1.25 times the distance of the nearest."""
    pairs = PeriodicPoints(crystal).pairs(REACH)
    others = crystal.atomic_numbers[pairs.second] != LITHIUM
    found = []
    for site in np.flatnonzero(crystal.atomic_numbers == LITHIUM):
        distances = pairs.distance[(pairs.first == site) & others]
        if len(distances):
            found.append(int((distances <= distances.min() * SHELL).sum()))
    return found
