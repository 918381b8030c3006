"""Elastic tensors and the moduli of a polycrystal.

symbol   meaning                                                                             unit
C        stiffness in Voigt's order xx, yy, zz, yz, xz, xy, engineering shear strains        GPa, (6, 6)
S        compliance, C⁻¹                                                                     1/GPa
K, G     bulk and shear modulus of the polycrystal: Voigt's upper and Reuss' lower bound, and Hill's mean of the two
         (Hill, Proc. Phys. Soc. A 65, 349, 1952)                                            GPa
E, ν     Young's modulus and Poisson's ratio of the polycrystal                                          GPa, none
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SHEAR = np.diag([1.0, 1.0, 1.0, 2**0.5, 2**0.5, 2**0.5])  # Voigt's strains → vectors of a Euclidean space (Mandel's)


def mandel(tensor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Symmetric tensors (…, 3, 3) as vectors (…, 6) with the same scalar product: xx, yy, zz, √2 yz, √2 xz, √2 xy."""
    first, second = [0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]
    return tensor[..., first, second] * np.diag(SHEAR)


def tensor_of(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The symmetric tensor (3, 3) of a Mandel vector (6,)."""
    xx, yy, zz, yz, xz, xy = vector / np.diag(SHEAR)
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


@dataclass(frozen=True)
class Elasticity:
    """A stiffness tensor, Voigt (6, 6), GPa."""

    stiffness: NDArray[np.float64]

    @cached_property
    def softest(self) -> float:
        """Smallest eigenvalue of the tensor, GPa; in Mandel's form, so that it does not depend on the axes."""
        return float(np.linalg.eigvalsh(SHEAR @ self.stiffness @ SHEAR).min())

    @property
    def is_stable(self) -> bool:
        """Born's condition: every strain raises the energy (Mouhat and Coudert, Phys. Rev. B 90, 224104, 2014)."""
        return self.softest > 0

    @cached_property
    def voigt(self) -> tuple[float, float]:
        """K and G for uniform strain, GPa."""
        c = self.stiffness
        normal, mixed, shear = np.trace(c[:3, :3]), c[0, 1] + c[0, 2] + c[1, 2], np.trace(c[3:, 3:])
        return float(normal + 2 * mixed) / 9, float(normal - mixed + 3 * shear) / 15

    @cached_property
    def reuss(self) -> tuple[float, float]:
        """K and G for uniform stress, GPa."""
        s = np.linalg.inv(self.stiffness)
        normal, mixed, shear = np.trace(s[:3, :3]), s[0, 1] + s[0, 2] + s[1, 2], np.trace(s[3:, 3:])
        return float(1 / (normal + 2 * mixed)), float(15 / (4 * normal - 4 * mixed + 3 * shear))

    @property
    def bulk_modulus(self) -> float:
        """Hill's K, GPa."""
        return (self.voigt[0] + self.reuss[0]) / 2

    @property
    def shear_modulus(self) -> float:
        """Hill's G, GPa."""
        return (self.voigt[1] + self.reuss[1]) / 2

    @property
    def anisotropy(self) -> float:
        """Universal index, zero for isotropic crystals (Ranganathan, Ostoja-Starzewski, PRL 101, 055504, 2008)."""
        return 5 * self.voigt[1] / self.reuss[1] + self.voigt[0] / self.reuss[0] - 6

    def turned(self, rotation: NDArray[np.float64]) -> Elasticity:
        """The tensor of the crystal after a rotation (3, 3) that acts on column vectors."""
        basis = np.stack([mandel(rotation @ tensor_of(unit) @ rotation.T) for unit in np.eye(6)], 1)
        inverse = np.linalg.inv(SHEAR)
        return Elasticity(inverse @ basis @ SHEAR @ self.stiffness @ SHEAR @ basis.T @ inverse)


def young_modulus(bulk: float, shear: float) -> float:
    """E = 9 K G / (3 K + G), GPa."""
    return 9 * bulk * shear / (3 * bulk + shear)


def poisson_ratio(bulk: float, shear: float) -> float:
    """ν = (3 K - 2 G) / (6 K + 2 G)."""
    return (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear)
