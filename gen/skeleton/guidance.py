"""Classifier-free guidance (Ho and Salimans, arXiv:2207.12598) of the skeleton model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Guidance:
    """Guidance of a draw: the weight of the targets, and the free prediction.

    symbol  meaning                                                                          shape
    weight  w of ``guided``: 0 ignores the targets, 1 is no guidance, more strengthens them
    free    targets of the free prediction, normalised, NaN where none                        (B, p)
    """

    weight: float
    free: NDArray[np.float32]

    def changes(self, targets: NDArray[np.float32]) -> bool:
        """Whether the guided prediction differs from that for ``targets`` (B, p) alone."""
        return self.weight != 1.0 and not np.array_equal(targets, self.free, equal_nan=True)


def guided(targeted: Tensor, free: Tensor, weight: float) -> Tensor:
    """Log-probabilities ℓ_free + w (ℓ_targeted − ℓ_free), not normalised, from two sets of logits (…, n).

    A choice that the logits exclude with −inf stays excluded.
    """
    one, other = targeted.log_softmax(-1), free.log_softmax(-1)
    return torch.where(torch.isfinite(one), other + weight * (one - other), one)
