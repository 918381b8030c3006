"""Embeddings of single Wyckoff positions and elements, which training hides at random."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class OwnEmbeddings(nn.Embedding):
    """One embedding for each row of a table whose rows have features, too.

    In training a row is zero with probability ``hidden``, so that the network also learns to go by the features: rare
    elements and positions then behave as common ones like them.
    """

    def __init__(self, n: int, width: int, hidden: float = 0.0) -> None:
        super().__init__(n, width)
        self.hidden = hidden

    def rows(self) -> Tensor:
        """All embeddings (n, width); in training each is zero with probability ``hidden``."""
        if not self.training or not self.hidden:
            return self.weight
        return self.weight * (torch.rand(len(self.weight), 1, device=self.weight.device) >= self.hidden)
