"""Numbers of atoms as tokens and as choices of the skeleton network.

Most sizes of large cells occur in few crystals. Networks for more than ``OLD_ROOM`` atoms therefore read features of
the number besides an embedding of its own, and their head shares them: what holds for 96 atoms helps with 192.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..cell_limits import OLD_ROOM

ALIKE = 12  # largest known counts from whose mean new ones begin
PERIODS = (2, 3, 4, 6, 8, 12, 16, 24, 48, 96, 192, 384)  # multiplicities of Wyckoff positions divide most of them


@cache
def count_features(largest: int) -> NDArray[np.float32]:
    """Features (largest + 1, 26) of 0, 1, … atoms: log(n + 1), n / 100, and the phases of ``PERIODS``."""
    n = np.arange(largest + 1)[:, None]
    phases = 2 * np.pi * n / np.array(PERIODS)
    columns = [np.log(n + 1), n / 100, np.cos(phases), np.sin(phases)]
    return np.concatenate(columns, axis=1).astype(np.float32)


class AtomCounts(nn.Embedding):
    """Embeddings of 0 … ``largest`` atoms."""

    features: Tensor

    def __init__(self, largest: int, width: int) -> None:
        super().__init__(largest + 1, width)
        self.feature = _features_to(width, largest, self)

    def forward(self, n: Tensor) -> Tensor:
        """Tokens (…, d) of numbers of atoms (…)."""
        own = super().forward(n)
        return own if self.feature is None else own + self.feature(self.features[n])


class AtomCountHead(nn.Linear):
    """Logits of 0 … ``largest`` atoms."""

    features: Tensor

    def __init__(self, largest: int, width: int) -> None:
        super().__init__(width, largest + 1)
        self.feature = _features_to(width, largest, self)

    def forward(self, hidden: Tensor) -> Tensor:
        """Logits (…, largest + 1) from hidden states (…, d)."""
        own = super().forward(hidden)
        if self.feature is None:
            return own
        return own + hidden @ self.feature(self.features).T / self.in_features**0.5


def grown(state: Mapping[str, Tensor], known: int, largest: int) -> dict[str, Tensor]:
    """The weights of a skeleton network with room for ``largest`` atoms, from those of one that knows ``known`` atoms.

    New counts begin as the mean of the largest known ones, and the features without effect.
    """
    out = dict(state)
    for name in ("atoms.weight", "left.weight", "to_atoms.weight", "to_atoms.bias"):
        learned = state[name][: known + 1]
        mean = learned[-ALIKE:].mean(0, keepdim=True)
        out[name] = torch.cat([learned, mean.expand(largest - known, *mean.shape[1:])])
    width = state["atoms.weight"].shape[1]
    for name in ("atoms", "left", "to_atoms"):
        out.setdefault(f"{name}.feature.weight", torch.zeros(width, count_features(largest).shape[1]))
    return out


def _features_to(width: int, largest: int, owner: nn.Module) -> nn.Linear | None:
    """A linear layer from the features, which ``owner`` gets as a constant; None for small cells."""
    if largest <= OLD_ROOM:
        return None
    owner.register_buffer("features", torch.tensor(count_features(largest)), persistent=False)
    return nn.Linear(len(PERIODS) * 2 + 2, width, bias=False)
