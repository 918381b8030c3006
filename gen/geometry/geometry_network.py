"""The equivariant network: messages from all atoms to orbit representatives.

Features are e3nn irreps (Geiger and Smidt, arXiv:2207.09453): scalars 0e, vectors 1o, symmetric traceless tensors 2e.
An image's features are those of its orbit's representative, turned by the symmetry operation, so that the network
computes on orbits what it would compute on the full cell. Messages are gated products of edge scalars with spherical
harmonics and with the sender's tensors, in the manner of PaiNN (Schütt et al., ICML 2021, eqs. 7–10), with l ≤ 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from e3nn import o3
from torch import Tensor, nn
from torch.nn.functional import silu

from ..elements import MAX_ELEMENT
from ..properties import all_columns
from .graph import Graph
from .orbit_batch import OrbitBatch

MEAN_NEIGHBOURS = 26.0
RADIAL = 12  # radial functions on each of the two scales
LONGEST = 7.0  # Å, end of the absolute scale


@dataclass(frozen=True)
class NetworkSize:
    """Channels of scalars, vectors and tensors; number of layers."""

    scalars: int = 96
    vectors: int = 32
    tensors: int = 24
    layers: int = 4


def radial_functions(distance: Tensor, cutoff: Tensor) -> tuple[Tensor, Tensor]:
    """Gaussians on the scale of the cutoff and on the absolute one, (E, 2 RADIAL), and the envelope (E, 1)."""
    scaled = distance / cutoff
    width = 1 / RADIAL
    centres = torch.linspace(0.1, 1, RADIAL, device=distance.device, dtype=distance.dtype)
    relative = torch.exp(-0.5 * ((scaled[:, None] - centres) / width).square())
    absolute = torch.exp(-0.5 * ((distance[:, None] / LONGEST - centres) / width).square())
    envelope = (1 - scaled**8).square()  # smooth at the cutoff, flat before it
    return torch.cat([relative, absolute], 1), envelope[:, None]


@cache
def tensor_basis(dtype: torch.dtype, device: str) -> Tensor:
    """(5, 3, 3): symmetric traceless matrices that are an orthonormal basis of 2e, in e3nn's order."""
    return (o3.wigner_3j(2, 1, 1, dtype=torch.float64) * math.sqrt(5)).to(dtype).to(device)


def tensor_rotation(rotation: Tensor, basis: Tensor) -> Tensor:
    """D²(R), (n, 5, 5), of Cartesian operations (n, 3, 3) on a basis (5, 3, 3) of symmetric traceless matrices."""
    # ⟨M_p, R M_q Rᵀ⟩
    n = len(rotation)
    products = (rotation[:, :, None, :, None] * rotation[:, None, :, None, :]).reshape(n, 9, 9)
    flat = basis.flatten(1)
    return flat @ products @ flat.T


def bounded(features: Tensor) -> Tensor:
    """Vectors or tensors (M, c, k) scaled down where they are large on average over channels; small ones stay."""
    return features * (1 + features.square().sum(2, keepdim=True).mean(1, keepdim=True)).rsqrt()


class Layer(nn.Module):
    """One round: messages to representatives, then an update of each representative."""

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        self.size = size
        c, v, t = size.scalars, size.vectors, size.tensors
        self.norm = nn.LayerNorm(c)
        self.receive = nn.Linear(c, c)
        self.send = nn.Linear(c, c, bias=False)
        self.radial = nn.Linear(2 * RADIAL, c, bias=False)
        self.filters = nn.Linear(c, c + 2 * v + 2 * t)
        self.mix_vectors = nn.Linear(v, 2 * v, bias=False)
        self.mix_tensors = nn.Linear(t, 2 * t, bias=False)
        self.tensor_to_vector = nn.Linear(t, v, bias=False)
        self.vector_to_tensor = nn.Linear(v, t, bias=False)
        self.update = nn.Sequential(
            nn.Linear(2 * c + 2 * v + 2 * t + c, 2 * c), nn.SiLU(), nn.Linear(2 * c, c + 2 * v + 2 * t)
        )

    def forward(self, state: State, graph: Graph, edges: Edges, context: Tensor) -> State:
        c, v, t = self.size.scalars, self.size.vectors, self.size.tensors
        s = self.norm(state.scalars)
        hidden = self.receive(s)[graph.target] + self.send(s)[edges.source_orbit] + self.radial(edges.radial)
        f = self.filters(silu(hidden)) * edges.envelope
        f_s, f_y1, f_v, f_y2, f_t = f.split([c, v, v, t, t], dim=1)
        image_v = torch.bmm(state.vectors[edges.orbit], graph.rotation.mT)
        image_t = torch.bmm(state.tensors[edges.orbit], edges.rotation2.mT)
        m_v = f_y1[..., None] * edges.y1[:, None] + f_v[..., None] * image_v[graph.source]
        m_t = f_y2[..., None] * edges.y2[:, None] + f_t[..., None] * image_t[graph.source]
        scale = 1 / math.sqrt(MEAN_NEIGHBOURS)
        got_s = torch.zeros_like(s).index_add(0, graph.target, f_s) * scale
        got_v = torch.zeros_like(state.vectors).index_add(0, graph.target, m_v) * scale
        got_t = torch.zeros_like(state.tensors).index_add(0, graph.target, m_t) * scale
        vectors = bounded(state.vectors + torch.bmm(got_v, edges.site1))
        tensors = bounded(state.tensors + torch.bmm(got_t, edges.site2))

        v1, v2 = self.mix_vectors(vectors.mT).mT.split([v, v], 1)
        t1, t2 = self.mix_tensors(tensors.mT).mT.split([t, t], 1)
        invariants = [
            s, got_s, context,
            (v1 * v2).sum(-1), v2.square().sum(-1).add(1e-6).sqrt(),
            (t1 * t2).sum(-1), t2.square().sum(-1).add(1e-6).sqrt(),
        ]  # fmt: skip
        d_s, g_v, g_tv, g_t, g_vt = self.update(torch.cat(invariants, 1)).split([c, v, v, t, t], 1)
        # 2e ⊗ 1o → 1o and 1o ⊗ 1o → 2e, channel by channel
        turned = torch.einsum("mcq,qij->mcij", self.tensor_to_vector(t2.mT).mT, edges.coupling)
        tv = torch.einsum("mcij,mcj->mci", turned, v2)
        outer = self.vector_to_tensor((v1[..., :, None] * v2[..., None, :]).flatten(2).mT).mT
        vt = outer @ edges.coupling.flatten(1).T
        return State(
            state.scalars + d_s,
            bounded(vectors + g_v[..., None] * v1 + g_tv[..., None] * tv),
            bounded(tensors + g_t[..., None] * t1 + g_vt[..., None] * vt),
        )


@dataclass
class State:
    """Features of the representatives: scalars (M, c), vectors (M, v, 3), tensors (M, t, 5)."""

    scalars: Tensor
    vectors: Tensor
    tensors: Tensor


@dataclass
class Edges:
    """What every layer needs of the graph, computed once."""

    orbit: Tensor
    source_orbit: Tensor
    radial: Tensor
    envelope: Tensor
    y1: Tensor
    y2: Tensor
    rotation2: Tensor
    site1: Tensor
    site2: Tensor
    coupling: Tensor


@dataclass(frozen=True)
class Output:
    """What the network says of a noisy crystal, about unit size each.

    displacement  Cartesian vector of each representative        (M, 3)
    dilation      of the whole cell                              (B,)
    shear         symmetric traceless tensor of the whole cell   (B, 3, 3)
    """

    displacement: Tensor
    dilation: Tensor
    shear: Tensor


class GeometryNetwork(nn.Module):
    """noisy crystal, noise level, targets → ``Output``."""

    def __init__(self, size: NetworkSize, columns: tuple[int, ...] | None = None) -> None:
        super().__init__()
        self.size = size
        self.columns = all_columns() if columns is None else columns  # of the properties, those that it is told
        c = size.scalars
        self.element = nn.Embedding(MAX_ELEMENT + 1, c)
        self.noise = nn.Sequential(nn.Linear(2 * 16, c), nn.SiLU(), nn.Linear(c, c))
        self.target = nn.Linear(2 * len(self.columns), c)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.pool = nn.ModuleList(nn.Sequential(nn.Linear(c, c), nn.SiLU(), nn.Linear(c, c)) for _ in self.layers)
        self.read = nn.Sequential(
            nn.LayerNorm(c), nn.Linear(c, c), nn.SiLU(), nn.Linear(c, size.vectors + size.tensors)
        )
        self.read_cell = nn.Sequential(nn.LayerNorm(c), nn.Linear(c, c), nn.SiLU(), nn.Linear(c, 1))

    def forward(self, skeletons: OrbitBatch, graph: Graph, level: Tensor, targets: Tensor) -> Output:
        """Noise levels (B, 2) in [0, 1] and targets (B, p), normalised, NaN where nothing is asked."""
        crystal, n, dtype = skeletons.crystal, len(skeletons), level.dtype
        state = self.features(skeletons, graph, level, targets)
        coupling = tensor_basis(dtype, str(level.device))
        weight = skeletons.shares(dtype)[:, None]
        gate_v, gate_t = self.read(state.scalars).split([self.size.vectors, self.size.tensors], 1)
        local = torch.einsum("mc,mcq,qij->mij", gate_t, state.tensors, coupling)
        dilation = torch.zeros(n, 1, device=level.device, dtype=dtype)
        return Output(
            displacement=(gate_v[..., None] * state.vectors).sum(1),
            dilation=dilation.index_add(0, crystal, self.read_cell(state.scalars) * weight)[:, 0],
            shear=torch.zeros(n, 3, 3, device=level.device, dtype=dtype).index_add(
                0, crystal, local * weight[..., None]
            ),
        )

    def features(self, skeletons: OrbitBatch, graph: Graph, level: Tensor, targets: Tensor) -> State:
        """What the last layer knows of each orbit's representative; arguments as of ``forward``."""
        crystal, n = skeletons.crystal, len(skeletons)
        targets = targets[:, self.columns]
        known = torch.isfinite(targets)
        asked = torch.cat([targets.nan_to_num(0.0), known.to(targets.dtype)], 1)
        frequencies = torch.arange(8, device=level.device, dtype=level.dtype) * math.pi
        phase = level[..., None] * frequencies
        waves = torch.cat([phase.sin(), phase.cos()], -1).flatten(1)
        context = (self.noise(waves) + self.target(asked))[crystal]
        edges = self._edges(skeletons, graph)
        m, dtype = len(crystal), level.dtype
        state = State(
            self.element(skeletons.element) + context,
            torch.zeros(m, self.size.vectors, 3, device=level.device, dtype=dtype),
            torch.zeros(m, self.size.tensors, 5, device=level.device, dtype=dtype),
        )
        weight = skeletons.shares(dtype)[:, None]
        for layer, pool in zip(self.layers, self.pool, strict=True):
            mean = torch.zeros(n, self.size.scalars, device=level.device, dtype=dtype)
            mean = mean.index_add(0, crystal, state.scalars * weight)
            state = layer(state, graph, edges, context + pool(mean)[crystal])
        return state

    def _edges(self, skeletons: OrbitBatch, graph: Graph) -> Edges:
        radial, envelope = radial_functions(graph.distance, graph.cutoff)
        basis = tensor_basis(graph.direction.dtype, str(graph.direction.device))
        outer = (graph.direction[:, :, None] * graph.direction[:, None, :]).flatten(1)
        rotation2 = tensor_rotation(graph.rotation, basis)
        # projectors on what the site symmetry leaves invariant
        m = len(skeletons.crystal)
        count = skeletons.site_count.to(basis.dtype)[:, None, None]
        operations2 = tensor_rotation(graph.site_operation, basis)
        site1 = graph.direction.new_zeros(m, 3, 3).index_add(0, graph.site_orbit, graph.site_operation) / count
        site2 = graph.direction.new_zeros(m, 5, 5).index_add(0, graph.site_orbit, operations2) / count
        return Edges(
            orbit=skeletons.orbit,
            source_orbit=skeletons.orbit[graph.source],
            radial=radial,
            envelope=envelope * graph.weight[:, None],
            y1=graph.direction * math.sqrt(3),
            y2=outer @ basis.flatten(1).T * math.sqrt(7.5),
            rotation2=rotation2,
            site1=site1.mT,
            site2=site2.mT,
            coupling=basis,
        )
