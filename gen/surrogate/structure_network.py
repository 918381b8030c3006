"""The crystal surrogate's network: the trunk of the geometry model, read out as properties.

A network that has learned to denoise crystals knows what their surroundings should look like, which is where a
prediction of properties may start (Zaidi et al., ICLR 2023). Its invariants are averaged over the crystal, and once
more over its lithium, whose surroundings decide how it wanders.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..geometry.geometry_network import GeometryNetwork
from ..geometry.graph import build_graph
from ..geometry.network_size import NetworkSize
from ..geometry.orbit_batch import OrbitBatch
from ..properties import all_columns
from ..segments import segment_sum
from .readout import Readout

LITHIUM = 3


class StructureNetwork(nn.Module):
    """crystal → value and logarithm of the Laplace width of every property."""

    def __init__(
        self, size: NetworkSize, dropout: float = 0.0, columns: tuple[int, ...] | None = None, own: int = 0
    ) -> None:
        """The last ``own`` of the ``columns`` are properties of one's own."""
        super().__init__()
        self.columns = all_columns() if columns is None else columns
        properties = self.columns[: len(self.columns) - own]
        self.trunk = GeometryNetwork(size, properties)
        width = size.scalars + size.vectors + size.tensors
        self.norm = nn.LayerNorm(width)
        hidden = 2 * size.scalars
        self.read = nn.Sequential(
            nn.Linear(2 * width + 3, hidden), nn.SiLU(), nn.Dropout(dropout),
            nn.Linear(hidden, hidden), nn.SiLU(), nn.Dropout(dropout),
            nn.Linear(hidden, 2 * len(properties)),
        )  # fmt: skip
        self.own = Readout(2 * width + 3 + 2 * hidden, own) if own else None

    def forward(self, skeletons: OrbitBatch, theta: Tensor, lattice: Tensor) -> tuple[Tensor, Tensor]:
        """From free parameters θ (M, 3) and conventional cells (B, 3, 3) in Å: (B, p) each, as ``normalise`` scales."""
        pooled = self.pooled(skeletons, theta, lattice)
        value, width = self.read(pooled).chunk(2, 1)
        if self.own is None:
            return value, width.clamp(-6, 3)
        own_value, own_width = self.own(self.features(pooled))
        return torch.cat([value, own_value], 1), torch.cat([width.clamp(-6, 3), own_width], 1)

    def features(self, pooled: Tensor) -> Tensor:
        """What properties of one's own are read from: what is pooled, and the two layers before the last (B, f)."""
        first = self.read[1](self.read[0](pooled))
        return torch.cat([pooled, first, self.read[4](self.read[3](first))], 1)

    def pooled(self, skeletons: OrbitBatch, theta: Tensor, lattice: Tensor) -> Tensor:
        """Means over the crystal and over its lithium, and three numbers of the whole."""
        n, crystal = len(skeletons), skeletons.crystal
        graph = build_graph(skeletons, theta, lattice)
        clean, nothing = lattice.new_zeros(n, 2), lattice.new_full((n, len(all_columns())), torch.nan)
        state = self.trunk.features(skeletons, graph, clean, nothing)
        invariants = [state.scalars, state.vectors.square().sum(2), state.tensors.square().sum(2)]
        orbits = self.norm(torch.cat(invariants, 1))
        share = skeletons.shares(orbits.dtype)
        lithium = share * (skeletons.element == LITHIUM)
        pooled = [segment_sum(orbits * weight[:, None], crystal, n) for weight in (share, lithium)]
        carriers = segment_sum(lithium, crystal, n)
        volume = torch.linalg.det(lattice).abs() / skeletons.cells / skeletons.n_atoms
        whole = torch.stack([carriers, (volume / 15.0).log(), skeletons.n_atoms.to(orbits.dtype).log() - 2], 1)
        pooled[1] = pooled[1] / carriers.clamp(min=1e-6)[:, None]
        return torch.cat([*pooled, whole], 1)
