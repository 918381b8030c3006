"""Properties of one's own, read from what a trained network knows of a crystal already.

Several linear readouts of the same features, each fitted on another draw of the rows (bagging: Breiman, Mach. Learn.
24, 123, 1996). Their mean is the value; where they disagree the crystal is unlike the rows. The network itself stays as
it was, and so does everything else that it says.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

HEADS = 8


class Readout(nn.Module):
    """features (B, f) → value and logarithm of the Laplace width of q properties, (B, q) each."""

    def __init__(self, features: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.weight = nn.Parameter(torch.zeros(HEADS, count, features))
        self.bias = nn.Parameter(torch.zeros(HEADS, count))
        self.log_width = nn.Parameter(torch.zeros(count))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Values within what ``normalise`` gives."""
        heads = torch.einsum("hqf,bf->hbq", self.weight, features) + self.bias[:, None]
        # variance of a Laplace distribution of width b is 2 b²
        square = (2 * self.log_width).exp() + heads.var(0, correction=0) / 2
        return heads.mean(0).clamp(-4, 4), (square.log() / 2).clamp(-6, 3)
