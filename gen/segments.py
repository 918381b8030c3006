"""Sums and maxima by segment: over all rows of a tensor that have the same index.

torch computes them. Where torch-scatter is installed (extra ``scatter``) and faster on a device, which is timed once in
a process, its ``segment_coo`` does. Both agree to 1e-6; on a CPU both add the rows in their order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

TIMED = (4200, 96, 300)  # rows, columns and segments of the sum that is timed: messages of a batch
TRIES = 5
GAIN = 1.1  # by which torch-scatter must be faster


def segment_sum(values: Tensor, index: Tensor, n: int) -> Tensor:
    """Sums (n, …) of the rows of ``values`` (m, …) with each ``index`` (m,); zero for an index without rows.

    ``index`` ascends.
    """
    scatter = faster_torch_scatter(values.device.type)
    if scatter is None:
        return _sum_by_torch(values, index, n)
    return scatter.segment_coo(values, index, dim_size=n, reduce="sum")


def segment_max(values: Tensor, index: Tensor, n: int) -> Tensor:
    """Maxima (n,) of the ``values`` (m,) with each ``index`` (m,); −∞ for an index without values.

    ``index`` ascends.
    """
    lowest = values.new_full((n,), -torch.inf)
    scatter = faster_torch_scatter(values.device.type)
    if scatter is None:
        return lowest.scatter_reduce(0, index, values, "amax")
    return scatter.segment_coo(values, index, out=lowest, reduce="max")


def _sum_by_torch(values: Tensor, index: Tensor, n: int) -> Tensor:
    rows = values.contiguous()  # six times as fast as with gaps between the rows
    return rows.new_zeros(n, *rows.shape[1:]).index_add(0, index, rows)


@cache
def faster_torch_scatter(device: str) -> Any:
    """The module ``torch_scatter`` where it is installed and faster than torch on a device; else None."""
    if find_spec("torch_scatter") is None:
        return None
    try:
        import torch_scatter
    except (ImportError, OSError):  # built for another version of torch
        return None
    rows, columns, n = TIMED
    values = torch.ones(rows, columns, device=device)
    index = torch.arange(rows, device=device) * n // rows
    torch_seconds = _seconds(lambda: _sum_by_torch(values, index, n), device)
    scatter_seconds = _seconds(lambda: torch_scatter.segment_coo(values, index, dim_size=n, reduce="sum"), device)
    return torch_scatter if GAIN * scatter_seconds < torch_seconds else None


def _seconds(compute: Callable[[], Tensor], device: str) -> float:
    """Least time of several tries of a function, on an accelerator until it is done."""
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        compute()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)
