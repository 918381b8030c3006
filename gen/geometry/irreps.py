"""Vectors (1o) and symmetric traceless tensors (2e) as e3nn orders them (Geiger and Smidt, arXiv:2207.09453)."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

MIXED = {0: (0, 2), 1: (0, 1), 3: (1, 2)}  # xz, xy, yz


@cache
def tensor_basis(dtype: torch.dtype, device: str) -> Tensor:
    """Orthonormal basis of 2e: symmetric traceless matrices (5, 3, 3), in the order of e3nn.

    The order is xz, xy, 2y² − x² − z², yz, z² − x². e3nn itself is not imported: it would lengthen each start.
    """
    basis = torch.zeros(5, 3, 3, dtype=torch.float64)
    for k, (i, j) in MIXED.items():
        basis[k, i, j] = basis[k, j, i] = 0.5**0.5
    basis[2] = torch.diag(torch.tensor([-1.0, 2.0, -1.0], dtype=torch.float64)) / 6**0.5
    basis[4] = torch.diag(torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)) / 2**0.5
    return basis.to(dtype).to(device)


def tensor_rotation(rotation: Tensor, basis: Tensor) -> Tensor:
    """D²(R), (n, 5, 5), of Cartesian operations (n, 3, 3) on a basis (5, 3, 3) of symmetric traceless matrices."""
    # ⟨M_p, R M_q Rᵀ⟩
    n = len(rotation)
    products = (rotation[:, :, None, :, None] * rotation[:, None, :, None, :]).reshape(n, 9, 9)
    flat = basis.flatten(1)
    return flat @ products @ flat.T


def bounded(features: Tensor) -> Tensor:
    """Vectors or tensors (M, k, c), scaled down where their mean square over channels is large."""
    return features * (1 + features.square().sum(1, keepdim=True).mean(2, keepdim=True)).rsqrt()
