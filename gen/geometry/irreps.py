"""Vectors (1o) and symmetric traceless tensors (2e) as e3nn orders them (Geiger and Smidt, arXiv:2207.09453)."""

from __future__ import annotations

import math
from functools import cache

import torch
from e3nn import o3
from torch import Tensor


@cache
def tensor_basis(dtype: torch.dtype, device: str) -> Tensor:
    """Orthonormal basis of 2e: symmetric traceless matrices (5, 3, 3), in the order of e3nn."""
    return (o3.wigner_3j(2, 1, 1, dtype=torch.float64) * math.sqrt(5)).to(dtype).to(device)


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
