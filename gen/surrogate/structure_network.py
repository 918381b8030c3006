"""Structure network: the trunk of the geometry model with a head that predicts properties.

A network that has learned to denoise crystals describes the surroundings of their atoms, which is a good start for
predictions of properties (Zaidi et al., ICLR 2023). Its invariants are averaged over the crystal, and separately over
lithium, whose surroundings determine its mobility.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ..elements import LITHIUM
from ..geometry.geometry_network import GeometryNetwork
from ..geometry.graph import build_graph
from ..geometry.network_size import NetworkSize
from ..geometry.orbit_batch import OrbitBatch
from ..properties import SHIPPED
from ..segments import segment_sum
from .readout import LOG_WIDTHS, Head, Readout, counts_in


class StructureHead(Head):
    """Pooled features (B, f) → values and logarithms of widths (B, 2 p)."""

    names = ("first", "first_activation", "first_dropout", "second", "second_activation", "second_dropout", "output")

    def __init__(self, features: int, hidden: int, outputs: int, dropout: float) -> None:
        super().__init__(
            first=nn.Linear(features, hidden), first_activation=nn.SiLU(), first_dropout=nn.Dropout(dropout),
            second=nn.Linear(hidden, hidden), second_activation=nn.SiLU(), second_dropout=nn.Dropout(dropout),
            output=nn.Linear(hidden, outputs),
        )  # fmt: skip


class StructureNetwork(nn.Module):
    """Crystal → values and widths of ``count`` trained properties, then of ``custom`` further ones."""

    def __init__(self, size: NetworkSize, dropout: float = 0.0, count: int = len(SHIPPED), custom: int = 0) -> None:
        super().__init__()
        self.count, self.outputs = count, count + custom
        self.trunk = GeometryNetwork(size, tuple(range(count)))
        width = size.scalars + size.vectors + size.tensors
        self.norm = nn.LayerNorm(width)
        features, hidden = 2 * width + 3, 2 * size.scalars
        self.read = StructureHead(features, hidden, 2 * count, dropout)
        self.own = Readout(features + 2 * hidden, custom) if custom else None  # readouts of custom properties

    def forward(self, skeletons: OrbitBatch, theta: Tensor, lattice: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised values and logarithms of widths, (B, p) each.

        From free parameters θ (M, 3) and conventional cells (B, 3, 3) in Å.
        """
        pooled = self.pooled(skeletons, theta, lattice)
        value, width = self.read(pooled).chunk(2, 1)
        if self.own is None:
            return value, width.clamp(*LOG_WIDTHS)
        custom_value, custom_width = self.own(self.features(pooled))
        return torch.cat([value, custom_value], 1), torch.cat([width.clamp(*LOG_WIDTHS), custom_width], 1)

    def features(self, pooled: Tensor) -> Tensor:
        """Features (B, f) for readouts: the pooled features and both hidden layers of the head, without dropout."""
        first = self.read.up_to("first_activation", pooled)
        second = self.read.up_to("second_activation", first, after="first_dropout")
        return torch.cat([pooled, first, second], 1)

    def pooled(self, skeletons: OrbitBatch, theta: Tensor, lattice: Tensor) -> Tensor:
        """Means over the crystal and over its lithium, and three numbers of the whole crystal, (B, f)."""
        n, crystal = len(skeletons), skeletons.crystal
        graph = build_graph(skeletons, theta, lattice)
        clean, no_target = lattice.new_zeros(n, 2), lattice.new_full((n, self.count), torch.nan)
        state = self.trunk.features(skeletons, graph, clean, no_target)
        invariants = [state.scalars, state.vectors.square().sum(1), state.tensors.square().sum(1)]
        orbits = self.norm(torch.cat(invariants, 1))
        share = skeletons.shares(orbits.dtype)
        lithium = share * (skeletons.element == LITHIUM)
        pooled = [segment_sum(orbits * weight[:, None], crystal, n) for weight in (share, lithium)]
        carriers = segment_sum(lithium, crystal, n)
        volume = torch.linalg.det(lattice).abs() / skeletons.cells / skeletons.n_atoms
        whole = torch.stack([carriers, (volume / 15.0).log(), skeletons.n_atoms.to(orbits.dtype).log() - 2], 1)
        pooled[1] = pooled[1] / carriers.clamp(min=1e-6)[:, None]
        return torch.cat([*pooled, whole], 1)

    @classmethod
    def of_state(cls, state: Mapping[str, Tensor], size: Mapping[str, int]) -> StructureNetwork:
        """A network of the sizes of a stored state, without its weights."""
        count, custom = cls.counts_in(state)
        return cls(NetworkSize(**size), count=count, custom=custom)

    @staticmethod
    def counts_in(state: Mapping[str, Tensor]) -> tuple[int, int]:
        """Numbers of trained and of custom properties in a stored state."""
        return counts_in(state, f"read.{StructureHead.key('output', 'bias')}", "own.log_width")
