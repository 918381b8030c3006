"""The crystal surrogate's network: the trunk of the geometry model, read out as properties.

A network that has learned to denoise crystals knows what their surroundings should look like, which is where a
prediction of properties may start (Zaidi et al., ICLR 2023). Its invariants are averaged over the crystal, and once
more over its lithium, whose surroundings decide how it wanders.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..geometry.graph import build_graph
from ..geometry.network import GeometryNetwork, NetworkSize
from ..geometry.skeletons import Skeletons
from ..properties import PROPERTIES

LITHIUM = 3


class CrystalNetwork(nn.Module):
    """crystal → value and logarithm of the Laplace width of every property."""

    def __init__(self, size: NetworkSize, dropout: float = 0.0) -> None:
        super().__init__()
        self.trunk = GeometryNetwork(size)
        width = size.scalars + size.vectors + size.tensors
        self.norm = nn.LayerNorm(width)
        hidden = 2 * size.scalars
        self.read = nn.Sequential(
            nn.Linear(2 * width + 3, hidden), nn.SiLU(), nn.Dropout(dropout),
            nn.Linear(hidden, hidden), nn.SiLU(), nn.Dropout(dropout),
            nn.Linear(hidden, 2 * len(PROPERTIES)),
        )  # fmt: skip

    def forward(self, skeletons: Skeletons, theta: Tensor, lattice: Tensor) -> tuple[Tensor, Tensor]:
        """From free parameters θ (M, 3) and conventional cells (B, 3, 3) in Å: (B, p) each, as ``normalise`` scales."""
        n, crystal = len(skeletons), skeletons.crystal
        graph = build_graph(skeletons, theta, lattice)
        clean, nothing = lattice.new_zeros(n, 2), lattice.new_full((n, len(PROPERTIES)), torch.nan)
        state = self.trunk.features(skeletons, graph, clean, nothing)
        invariants = [state.scalars, state.vectors.square().sum(2), state.tensors.square().sum(2)]
        orbits = self.norm(torch.cat(invariants, 1))
        share = skeletons.shares(orbits.dtype)
        lithium = share * (skeletons.element == LITHIUM)
        pooled = [
            orbits.new_zeros(n, orbits.shape[1]).index_add(0, crystal, orbits * w[:, None]) for w in (share, lithium)
        ]
        carriers = orbits.new_zeros(n).index_add(0, crystal, lithium)
        volume = torch.linalg.det(lattice).abs() / skeletons.cells / skeletons.n_atoms
        whole = torch.stack([carriers, (volume / 15.0).log(), skeletons.n_atoms.to(orbits.dtype).log() - 2], 1)
        pooled[1] = pooled[1] / carriers.clamp(min=1e-6)[:, None]
        value, width = self.read(torch.cat([*pooled, whole], 1)).chunk(2, 1)
        return value, width.clamp(-6, 3)
