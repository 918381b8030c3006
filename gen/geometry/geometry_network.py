"""The equivariant network: messages from all atoms to orbit representatives.

Features are e3nn irreps (Geiger and Smidt, arXiv:2207.09453): scalars 0e, vectors 1o, symmetric traceless tensors 2e.
An image's features are those of its orbit's representative, transformed by the symmetry operation, so that the network
computes on orbits what it would compute on the full cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..elements import MAX_ELEMENT
from ..properties import SHIPPED
from ..segments import segment_sum
from .edge_features import Edges
from .graph import Graph
from .irreps import tensor_basis
from .message_layer import MessageLayer, State
from .network_size import NetworkSize
from .orbit_batch import OrbitBatch

FREQUENCIES = 8  # Fourier features of each number of c_noise


@dataclass(frozen=True, eq=False)
class Output:
    """Output of the network for a noisy crystal, of about unit size.

    symbol        meaning                                        shape
    displacement  Cartesian vector of each representative        (M, 3)
    dilation      of the whole cell                              (B,)
    shear         symmetric traceless tensor of the whole cell   (B, 3, 3)
    """

    displacement: Tensor
    dilation: Tensor
    shear: Tensor


class GeometryNetwork(nn.Module):
    """The network F: noisy crystal, noise level and targets → ``Output``."""

    def __init__(self, size: NetworkSize, columns: tuple[int, ...] | None = None) -> None:
        """``columns``: indices of the properties that the network takes as targets; None: the shipped ones."""
        super().__init__()
        self.size = size
        self.columns = tuple(range(len(SHIPPED))) if columns is None else columns
        c = size.scalars
        self.element = nn.Embedding(MAX_ELEMENT + 1, c)
        self.noise = nn.Sequential(nn.Linear(2 * 2 * FREQUENCIES, c), nn.SiLU(), nn.Linear(c, c))
        self.target = nn.Linear(2 * len(self.columns), c)
        self.layers = nn.ModuleList(MessageLayer(size) for _ in range(size.layers))
        self.pool = nn.ModuleList(nn.Sequential(nn.Linear(c, c), nn.SiLU(), nn.Linear(c, c)) for _ in self.layers)
        self.read = nn.Sequential(
            nn.LayerNorm(c), nn.Linear(c, c), nn.SiLU(), nn.Linear(c, size.vectors + size.tensors)
        )
        self.read_cell = nn.Sequential(nn.LayerNorm(c), nn.Linear(c, c), nn.SiLU(), nn.Linear(c, 1))

    def forward(self, skeletons: OrbitBatch, graph: Graph, c_noise: Tensor, targets: Tensor) -> Output:
        """Noise levels c_noise (B, 2) in [0, 1] and targets (B, p), normalised; NaN where there is no target."""
        crystal, n = skeletons.crystal, len(skeletons)
        state = self.features(skeletons, graph, c_noise, targets)
        coupling = tensor_basis(c_noise.dtype, str(c_noise.device))
        weight = skeletons.shares(c_noise.dtype)[:, None]
        gate_v, gate_t = self.read(state.scalars).split([self.size.vectors, self.size.tensors], 1)
        local = torch.einsum("mc,mqc,qij->mij", gate_t, state.tensors, coupling)
        return Output(
            displacement=(gate_v[:, None] * state.vectors).sum(2),
            dilation=segment_sum(self.read_cell(state.scalars) * weight, crystal, n)[:, 0],
            shear=segment_sum(local * weight[..., None], crystal, n),
        )

    def features(self, skeletons: OrbitBatch, graph: Graph, c_noise: Tensor, targets: Tensor) -> State:
        """Features of each orbit's representative after the last layer; arguments as of ``forward``."""
        crystal, n = skeletons.crystal, len(skeletons)
        context = (self._noise_features(c_noise) + self._target_features(targets))[crystal]
        edges = Edges.of(skeletons, graph)
        m, dtype = len(crystal), c_noise.dtype
        state = State(
            self.element(skeletons.element) + context,
            torch.zeros(m, 3, self.size.vectors, device=c_noise.device, dtype=dtype),
            torch.zeros(m, 5, self.size.tensors, device=c_noise.device, dtype=dtype),
        )
        weight = skeletons.shares(dtype)[:, None]
        for layer, pool in zip(self.layers, self.pool, strict=True):
            mean = segment_sum(state.scalars * weight, crystal, n)
            state = layer(state, graph, edges, context + pool(mean)[crystal])
        return state

    def _noise_features(self, c_noise: Tensor) -> Tensor:
        frequencies = torch.arange(FREQUENCIES, device=c_noise.device, dtype=c_noise.dtype) * math.pi
        phase = c_noise[..., None] * frequencies
        return self.noise(torch.cat([phase.sin(), phase.cos()], -1).flatten(1))

    def _target_features(self, targets: Tensor) -> Tensor:
        targets = targets[:, self.columns]
        known = torch.isfinite(targets)
        return self.target(torch.cat([targets.nan_to_num(0.0), known.to(targets.dtype)], 1))
