"""The device on which the models compute."""

from __future__ import annotations

import torch

from .errors import UserError


def available_device(device: str) -> str:
    """The device of this name; ``auto``: a GPU if there is one, else the CPU.

    Raises ``UserError`` for a name that torch does not know and for a device that is not there.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError):  # torch raises either for a device that is missing
        found = [f"cuda:{k}" for k in range(torch.cuda.device_count())]
        there = ", ".join(["cpu", *found, *(["mps"] if torch.backends.mps.is_available() else [])])
        raise UserError(f"device {device!r} is not available here. There are: auto, {there}.") from None
    return device
