"""Log-metric coordinates of lattices: six numbers, one to six of them free, by crystal family.

A conventional cell with metric G = L Lᵀ is L = exp(S) up to rotation, S = ½ log G symmetric. S is written in an
orthonormal basis of symmetric matrices, in which every family is a coordinate subspace (the idea of DiffCSP++, Jiao
et al., ICLR 2024, eq. 7, in another basis): volume, c/a, a/b, then the shears xz, xy, yz. Hexagonal cells have an
additional constant part, which turns 90° into 120°.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

BASIS = np.zeros((6, 3, 3))
BASIS[0] = np.eye(3) / math.sqrt(3)
BASIS[1] = np.diag([1, 1, -2]) / math.sqrt(6)
BASIS[2] = np.diag([1, -1, 0]) / math.sqrt(2)
for _k, (_i, _j) in zip((3, 4, 5), ((0, 2), (0, 1), (1, 2)), strict=True):
    BASIS[_k, _i, _j] = BASIS[_k, _j, _i] = 1 / math.sqrt(2)
HEXAGONAL = np.zeros((3, 3))
HEXAGONAL[0, 1] = HEXAGONAL[1, 0] = -math.log(3) / 4

FREE = np.zeros((231, 6), dtype=bool)  # free coordinates of each space group
FREE[1:, 0] = True
FREE[1:195, 1] = True
FREE[1:75, 2] = True
FREE[1:16, 3] = True
FREE[1:3, 4:] = True
IS_HEXAGONAL = np.zeros(231, dtype=bool)
IS_HEXAGONAL[143:195] = True


def coordinates_from_lattice(lattice: NDArray[np.float64], space_group: int) -> NDArray[np.float64]:
    """Log-metric coordinates (6,) of a conventional cell (3, 3) in Å; coordinates that the family fixes are zero."""
    values, vectors = np.linalg.eigh(lattice @ lattice.T)
    log_metric = (vectors * (0.5 * np.log(values))) @ vectors.T
    if IS_HEXAGONAL[space_group]:
        log_metric = log_metric - HEXAGONAL
    return np.einsum("kij,ij->k", BASIS, log_metric) * FREE[space_group]


def lattice_from_coordinates(coordinates: Tensor, space_group: Tensor) -> Tensor:
    """Conventional cells (B, 3, 3) in Å, symmetric matrices, from coordinates (B, 6) and group numbers (B,)."""
    import torch  # here because torch takes seconds to import

    basis = torch.as_tensor(BASIS, dtype=coordinates.dtype, device=coordinates.device)
    log_metric = torch.einsum("bk,kij->bij", coordinates, basis)
    hexagonal = torch.as_tensor(HEXAGONAL, dtype=coordinates.dtype, device=coordinates.device)
    is_hexagonal = (space_group >= 143) & (space_group <= 194)
    log_metric = log_metric + is_hexagonal[:, None, None] * hexagonal
    return torch.linalg.matrix_exp(log_metric)


def free_coordinates(space_group: Tensor) -> Tensor:
    """Mask (B, 6) of the free lattice coordinates of each space group."""
    import torch  # as above

    return torch.as_tensor(FREE, device=space_group.device)[space_group]


def log_volume(coordinates: Tensor) -> Tensor:
    """Logarithm of the conventional cell's volume in Å³, (B,): the trace of S."""
    return coordinates[:, 0] * math.sqrt(3)
