"""Which targets a network sees in training, so that any subset of them can be requested at sampling time."""

from __future__ import annotations

import torch


def hide(targets: torch.Tensor) -> torch.Tensor:
    """Hides part of the targets (B, p), so that any subset serves at sampling time.

    The hull distance, which sampling asks for unless told otherwise, is hidden in half of the crystals; of the other
    properties all are hidden in 40 %, all but one in 30 %, and in the rest a share that is uniform in [0, 1].
    """
    n, p = targets.shape
    known = torch.isfinite(targets)
    dice = torch.rand(n, p, device=targets.device) * known
    manner = torch.rand(n, 1, device=targets.device)
    one = dice[:, 1:] == dice[:, 1:].amax(1, keepdim=True)
    some = torch.rand(n, p - 1, device=targets.device) < torch.rand(n, 1, device=targets.device)
    others = torch.where(manner < 0.4, torch.zeros_like(one), torch.where(manner < 0.7, one, some))
    shown = torch.cat([torch.rand(n, 1, device=targets.device) < 0.5, others], 1)
    return torch.where(shown, targets, torch.nan)


def usual(targets: torch.Tensor) -> torch.Tensor:
    """Targets (B, p) of which only the hull distance is shown, as in sampling without targets; for validation."""
    shown = torch.zeros_like(targets, dtype=torch.bool)
    shown[:, 0] = True
    return torch.where(shown, targets, torch.nan)
