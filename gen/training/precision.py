"""The faster arithmetic of this machine: bfloat16 is up to twice as fast as float32, or fifty times as slow."""

from __future__ import annotations

import time

import torch

from .training_settings import Precision

BY_NAME: dict[Precision, torch.dtype] = {"32-true": torch.float32, "bf16-mixed": torch.bfloat16}
SHAPE = (512, 256, 512)  # of the matrix product that is timed, about that of a batch
TRIES = 3


def quicker_precision() -> Precision:
    """Precision: ``bf16-mixed`` where the CPU multiplies matrices of bfloat16 faster than float32, else ``32-true``.

    Processors with units for bfloat16 (AMX, AVX-512 BF16, Arm) are faster with it; others emulate it. The measurement
    takes a tenth of a second.
    """
    return min(BY_NAME, key=lambda name: _seconds(BY_NAME[name]))


def _seconds(kind: torch.dtype) -> float:
    rows, inner, columns = SHAPE
    left, right = torch.ones(rows, inner, dtype=kind), torch.ones(inner, columns, dtype=kind)
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - start)
    return min(times)
