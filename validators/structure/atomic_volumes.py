"""Usual volume of an atom of each element in a crystal, Å³.

Fitted by ``fit_atomic_volumes`` to the training split of the reference set. The expected volume of a cell is the sum
over its atoms. Half of the reference set is within 6 % of it, 90 % between 0.86 and 1.28 times it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUNDS = 8
FLOOR = 0.05  # relative error below which the weight of a crystal is constant
ATOMIC_VOLUMES: dict[str, float] = {
    "H": 7.2, "He": 15.0, "Li": 10.8, "Be": 8.0, "B": 6.6, "C": 8.3, "N": 8.0, "O": 9.0, "F": 12.1, "Ne": 19.9,
    "Na": 20.3, "Mg": 20.9, "Al": 16.6, "Si": 15.5, "P": 20.6, "S": 23.0, "Cl": 30.7, "Ar": 45.0, "K": 35.6,
    "Ca": 26.2, "Sc": 19.4, "Ti": 14.5, "V": 13.2, "Cr": 11.2, "Mn": 11.8, "Fe": 11.4, "Co": 9.7, "Ni": 9.7,
    "Cu": 11.8, "Zn": 15.8, "Ga": 17.7, "Ge": 18.6, "As": 21.3, "Se": 28.3, "Br": 37.6, "Kr": 49.3, "Rb": 43.3,
    "Sr": 30.0, "Y": 25.8, "Zr": 20.0, "Nb": 17.2, "Mo": 15.5, "Tc": 14.4, "Ru": 13.1, "Rh": 13.4, "Pd": 14.9,
    "Ag": 19.9, "Cd": 23.7, "In": 25.7, "Sn": 26.8, "Sb": 28.9, "Te": 35.4, "I": 49.7, "Xe": 52.6, "Cs": 52.1,
    "Ba": 37.0, "La": 30.6, "Ce": 27.5, "Pr": 31.2, "Nd": 29.7, "Pm": 31.6, "Sm": 28.7, "Eu": 30.7, "Gd": 26.1,
    "Tb": 26.4, "Dy": 25.8, "Ho": 25.4, "Er": 25.1, "Tm": 24.6, "Yb": 26.3, "Lu": 23.7, "Hf": 19.3, "Ta": 16.8,
    "W": 16.6, "Re": 14.7, "Os": 13.6, "Ir": 14.2, "Pt": 15.7, "Au": 19.4, "Hg": 26.4, "Tl": 30.8, "Pb": 31.2,
    "Bi": 31.3, "Ac": 42.4, "Th": 30.8, "Pa": 24.5, "U": 22.2, "Np": 21.9, "Pu": 24.4,
}  # fmt: skip


def fit_atomic_volumes(counts: NDArray[np.float64], volumes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Volume (z,) Å³ of each element from atoms per cell, (n, z), and cell volumes, (n,) Å³.

    Non-negative least absolute relative error, by iteratively reweighted least squares; 0 for elements without data.
    """
    from scipy.optimize import nnls

    shares = counts / volumes[:, None]
    weights = np.ones(len(volumes))
    found = np.zeros(counts.shape[1])
    for _ in range(ROUNDS):
        found, _ = nnls(shares * weights[:, None], weights)
        weights = 1 / np.sqrt(np.maximum(np.abs(shares @ found - 1), FLOOR))
    return np.asarray(found)
