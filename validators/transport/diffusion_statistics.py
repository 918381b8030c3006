"""Diffusivity from a number of hops, its spread, and the conductivity that follows from it."""

from __future__ import annotations

import math

FREE_WALKERS = 0.75  # scatter of D times √N, for free random walks fitted up to 0.7 of their length
CHARGE, BOLTZMANN = 1.602176634e-19, 1.380649e-23  # C, J/K


def relative_spread(hops: float, number: int) -> float:
    """σ / D for ``hops`` hops of ``number`` Li⁺."""
    return max(3.43 / math.sqrt(hops) + 0.04, FREE_WALKERS / math.sqrt(number))


def diffusivity_of(hops: float, number: int, hop: float, picoseconds: float) -> float:
    """D, cm²/s, of ``number`` ions that make ``hops`` random hops of ``hop`` Å in total during ``picoseconds``."""
    return hops * hop**2 / (6 * number * picoseconds) * 1e-4  # Å²/ps = 1e-4 cm²/s


def nernst_einstein(diffusivity: float, density: float, temperature: float) -> float:
    """Conductivity, S/cm, of independent univalent ions: σ = n e² D / (k T).

    argument     meaning                unit
    diffusivity  D                      cm²/s
    density      n, ions per volume     1/Å³
    temperature  T                      K
    """
    return density * 1e24 * CHARGE**2 * diffusivity / (BOLTZMANN * temperature)
