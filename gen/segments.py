"""Sums and maxima by segment: over all rows of a tensor that have the same index."""

from __future__ import annotations

import torch
from torch import Tensor


def segment_sum(values: Tensor, index: Tensor, n: int) -> Tensor:
    """Sums (n, …) of the rows of ``values`` (m, …) with each ``index`` (m,); zero for an index without rows."""
    return values.new_zeros(n, *values.shape[1:]).index_add(0, index, values)


def segment_max(values: Tensor, index: Tensor, n: int) -> Tensor:
    """Maxima (n,) of the ``values`` (m,) with each ``index`` (m,); −∞ for an index without values."""
    return values.new_full((n,), -torch.inf).scatter_reduce(0, index, values, "amax")
