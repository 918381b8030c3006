"""The bulk modulus alone, without the elastic tensor: the relaxed cell is compressed and stretched.

symbol   meaning                                                                         unit
V        volume of the cell, strained by ``±SIZE`` along all axes, ions relaxed          Å³
P        pressure on the cell                                                            GPa
K_V      −ΔP / Δ ln V at constant shape of the cell: Voigt's, the upper bound            GPa
K_R      the same with a relaxed shape of the cell: Reuss', the lower bound              GPa
K        Hill's mean of the two, as for the tensor                                       GPa

The shape is relaxed only if the stress differs between the axes. In cubic crystals it never does; in layered crystals,
which are soft between their layers, K_V may be twice K_R. The space group is kept.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...gen.crystal import Crystal
from ..relaxation.relax import STIFFNESS
from .finite_strain import relaxed
from .strained_cell import EV_PER_A3, MAX_STEPS, NoTensor, StrainedCell

SIZE = 0.01  # of a strain
FORCE_LIMIT = 0.01  # eV/Å
EVEN = 0.1  # largest difference from the mean stress, relative to it, for which K_V is taken as K_R


def bulk_modulus(crystal: Crystal, potential: str) -> float:
    """K, GPa, of a crystal after relaxation. Raises ``NoTensor``."""
    start = relaxed(crystal, potential, FORCE_LIMIT, symmetric=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _of_relaxed(start, potential)


def _of_relaxed(crystal: Crystal, potential: str) -> float:
    strained = StrainedCell(crystal, potential, FORCE_LIMIT, symmetric=True)
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
    """The stress (3, 3), GPa, after relaxation of the cell's shape at constant volume."""
    from ase.filters import FrechetCellFilter
    from ase.optimize import BFGS

    atoms.calc = calculator
    cell = FrechetCellFilter(atoms, exp_cell_factor=len(atoms) ** 0.5, constant_volume=True)
    if not BFGS(cell, alpha=STIFFNESS, logfile=None).run(fmax=FORCE_LIMIT, steps=MAX_STEPS):
        raise NoTensor(f"the shape of the strained cell did not relax within {MAX_STEPS} steps")
    return np.asarray(atoms.get_stress(voigt=False), dtype=np.float64) * EV_PER_A3
