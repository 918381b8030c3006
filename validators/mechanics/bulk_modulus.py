"""The bulk modulus alone, without the whole elastic tensor: compress and stretch the relaxed cell, read the pressure.

symbol   meaning                                                                         unit
V        volume of the cell, strained by ``±SIZE`` along all axes, ions relaxed          Å³
P        the pressure on it                                                              GPa
K_V      −ΔP / Δ ln V at the shape that the cell had: Voigt's, the upper bound           GPa
K_R      the same where the cell may change its shape: Reuss', the lower bound           GPa
K        Hill's mean of the two, as of the tensor                                        GPa

The shape is relaxed only where the stress is not about the same along all axes: in cubic crystals it always is, in
layered ones, which give way between their layers, K_V may be twice K_R. The space group is kept.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ..relaxation.relax import STIFFNESS
from .finite_strain import EV_PER_A3, MAX_STEPS, NoTensor, Strained, relaxed

SIZE = 0.01  # of a strain
FORCE_LIMIT = 0.01  # eV/Å
EVEN = 0.1  # ratio of the largest difference from the mean stress to it below which K_R is taken for K_V


def bulk_modulus(crystal: Crystal, potential: str) -> float:
    """K, GPa, of a crystal, which is relaxed first. Raises ``NoTensor``."""
    start = relaxed(crystal, potential, FORCE_LIMIT, symmetric=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _of_relaxed(start, potential)


def _of_relaxed(crystal: Crystal, potential: str) -> float:
    strained = Strained(crystal, potential, FORCE_LIMIT, symmetric=True)
    low, small = strained.stress(-SIZE * np.eye(3)), strained.atoms.copy()
    high, large = strained.stress(SIZE * np.eye(3)), strained.atoms.copy()
    upper = _modulus(low, high)
    response = np.linalg.eigvalsh(high - low)
    if np.abs(response - response.mean()).max() <= EVEN * response.mean():
        return upper
    lower = _modulus(*(_shape_relaxed(atoms, strained.atoms.calc) for atoms in (small, large)))
    return (upper + lower) / 2


def _modulus(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """K, GPa, from the stresses (3, 3) at the smaller and the larger volume."""
    found = float(np.trace(high - low) / 3 / (3 * np.log((1 + SIZE) / (1 - SIZE))))
    if not found > 0:
        raise NoTensor(f"mechanically unstable: its bulk modulus would be {found:.1f} GPa")
    return found


def _shape_relaxed(atoms: Any, calculator: Any) -> NDArray[np.float64]:
    """The stress (3, 3), GPa, once the cell has found the shape that it likes best at its volume."""
    from ase.filters import FrechetCellFilter
    from ase.optimize import BFGS

    atoms.calc = calculator
    cell = FrechetCellFilter(atoms, exp_cell_factor=len(atoms) ** 0.5, constant_volume=True)
    if not BFGS(cell, alpha=STIFFNESS, logfile=None).run(fmax=FORCE_LIMIT, steps=MAX_STEPS):
        raise NoTensor(f"the strained cell found no shape within {MAX_STEPS} steps")
    return np.asarray(atoms.get_stress(voigt=False), dtype=np.float64) * EV_PER_A3
