"""The faster arithmetic of this machine: bfloat16 is up to twice as fast as float32, or fifty times as slow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from .training_settings import Precision

UNITS = ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16")  # of processors, for bfloat16


def quicker_precision() -> Precision:
    """Precision: ``bf16-mixed`` where the CPU has units for matrices of bfloat16, else ``32-true``.

    Nothing is measured: two runs on one machine always have the same precision.
    """
    return "bf16-mixed" if any(bool(_capabilities().get(unit)) for unit in UNITS) else "32-true"


def _capabilities() -> Mapping[str, Any]:
    """The instruction sets of the CPU by name; empty for versions of torch that do not list them."""
    listed: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return listed
