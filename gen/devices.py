"""The device on which the models compute."""

from __future__ import annotations

import re

from .errors import UserError

KINDS = "cpu cuda mps ipu xpu mkldnn opengl opencl ideep hip ve fpga maia xla lazy vulkan meta hpu mtia privateuseone"


def require_known_device(device: str) -> None:
    """Raises ``UserError`` for a name that is no device of torch; whether the device is there, torch must say."""
    match = re.fullmatch(r"([a-z]+)(:\d+)?", device)
    if device != "auto" and (match is None or match[1] not in KINDS.split()):
        raise UserError(
            f"device {device!r} is not available here. There are: auto, cpu, and with a GPU cuda, cuda:1 … or mps."
        )


def available_device(device: str) -> str:
    """The device of this name; ``auto``: a GPU if there is one, else the CPU.

    Raises ``UserError`` for a name that torch does not know and for a device that is not there.
    """
    import torch  # here because torch takes seconds to import

    require_known_device(device)
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError):  # torch raises either for a device that is missing
        found = [f"cuda:{k}" for k in range(torch.cuda.device_count())]
        there = ", ".join(["cpu", *found, *(["mps"] if torch.backends.mps.is_available() else [])])
        raise UserError(f"device {device!r} is not available here. There are: auto, {there}.") from None
    return device
