"""Targets that a network sees in training: a random part of them, so that it learns to serve any subset of targets."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..errors import UserError
from ..typed_records import check_ranges, setting

HULL_DISTANCE = 0  # column of the energy above the hull


@dataclass(frozen=True)
class TargetMasking:
    """Shares of the crystals in a batch whose targets are hidden.

    The energy above the hull, a target by default in sampling, is hidden independently of the other properties. Of
    these, ``all_hidden`` crystals show none, ``one_shown`` show one, and the rest show a share that is uniform in
    [0, 1].
    """

    hull_hidden: float = setting(0.5, "share of crystals without their energy above the hull", at_least=0, at_most=1)
    all_hidden: float = setting(0.4, "share of crystals without any other property", at_least=0, at_most=1)
    one_shown: float = setting(0.3, "share of crystals with one other property", at_least=0, at_most=1)

    def __post_init__(self) -> None:
        check_ranges(self)
        if self.all_hidden + self.one_shown > 1:
            total = f"{self.all_hidden:g} + {self.one_shown:g}"
            raise UserError(f"all_hidden + one_shown = {total}: shares of the same crystals sum to at most 1.")


def hide_targets(targets: torch.Tensor, masking: TargetMasking) -> torch.Tensor:
    """Targets (B, p) of which a random part, as ``masking`` says, is NaN; unknown ones are NaN already."""
    n, p = targets.shape
    known = torch.isfinite(targets)
    dice = torch.rand(n, p, device=targets.device) * known
    manner = torch.rand(n, 1, device=targets.device)
    one = dice[:, 1:] == dice[:, 1:].amax(1, keepdim=True)
    some = torch.rand(n, p - 1, device=targets.device) < torch.rand(n, 1, device=targets.device)
    up_to_one = masking.all_hidden + masking.one_shown
    others = torch.where(manner < masking.all_hidden, torch.zeros_like(one), torch.where(manner < up_to_one, one, some))
    hull = torch.rand(n, 1, device=targets.device) < 1 - masking.hull_hidden
    return torch.where(torch.cat([hull, others], 1), targets, torch.nan)


def hull_distance_alone(targets: torch.Tensor) -> torch.Tensor:
    """Targets (B, p) with all but the energy above the hull NaN, as in sampling without targets; for validation."""
    shown = torch.zeros_like(targets, dtype=torch.bool)
    shown[:, HULL_DISTANCE] = True
    return torch.where(shown, targets, torch.nan)
