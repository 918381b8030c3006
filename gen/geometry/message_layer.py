"""One round of messages from atoms to orbit representatives.

Messages are gated products of edge scalars with spherical harmonics and with the sender's tensors, in the manner of
PaiNN (Schütt et al., ICML 2021, eqs. 7–10), with l ≤ 2. An image's features are those of its orbit's representative,
transformed by the symmetry operation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from ..segments import segment_sum
from .edge_features import RADIAL, Edges
from .graph import Graph
from .irreps import bounded
from .network_size import NetworkSize

MEAN_NEIGHBOURS = 26.0


@dataclass
class State:
    """Features of the representatives: scalars (M, c), vectors (M, 3, v), tensors (M, 5, t).

    Channels come last, so that products with directions and operations run along memory.
    """

    scalars: Tensor
    vectors: Tensor
    tensors: Tensor


class MessageLayer(nn.Module):
    """Messages to the representatives, then an update of each representative."""

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
        """Features after the round; ``context`` (M, c) describes the whole crystal."""
        c, v, t = self.size.scalars, self.size.vectors, self.size.tensors
        s = self.norm(state.scalars)
        received = self._messages(s, state, graph, edges)
        vectors, tensors = bounded(received.vectors), bounded(received.tensors)
        v1, v2 = self.mix_vectors(vectors).split([v, v], 2)
        t1, t2 = self.mix_tensors(tensors).split([t, t], 2)
        invariants = [
            s, received.scalars, context,
            (v1 * v2).sum(1), v2.square().sum(1).add(1e-6).sqrt(),
            (t1 * t2).sum(1), t2.square().sum(1).add(1e-6).sqrt(),
        ]  # fmt: skip
        d_s, g_v, g_tv, g_t, g_vt = self.update(torch.cat(invariants, 1)).split([c, v, v, t, t], 1)
        # 2e ⊗ 1o → 1o and 1o ⊗ 1o → 2e, channel by channel
        basis = edges.coupling.flatten(1)
        turned = (basis.T @ self.tensor_to_vector(t2)).unflatten(1, (3, 3))
        tv = (turned * v2[:, None]).sum(2)
        vt = basis @ self.vector_to_tensor((v1[:, :, None] * v2[:, None]).flatten(1, 2))
        return State(
            state.scalars + d_s,
            bounded(vectors + g_v[:, None] * v1 + g_tv[:, None] * tv),
            bounded(tensors + g_t[:, None] * t1 + g_vt[:, None] * vt),
        )

    def _messages(self, s: Tensor, state: State, graph: Graph, edges: Edges) -> State:
        """Sums of the messages; vectors and tensors with the representative's own, projected on its site symmetry."""
        c, v, t = self.size.scalars, self.size.vectors, self.size.tensors
        hidden = self.radial(edges.radial)
        hidden += self.receive(s).index_select(0, graph.target)
        hidden += self.send(s).index_select(0, edges.source_orbit)
        f = self.filters(silu(hidden)).mul_(edges.envelope)
        f_s, f_y1, f_v, f_y2, f_t = f.split([c, v, v, t, t], dim=1)
        image_v = torch.bmm(graph.rotation, state.vectors.index_select(0, edges.orbit))
        image_t = torch.bmm(edges.rotation2, state.tensors.index_select(0, edges.orbit))
        # in place where autograd allows: new memory costs more than the sums
        m_v = f_v[:, None] * image_v.index_select(0, graph.source)
        m_v.addcmul_(edges.y1[..., None], f_y1[:, None])
        m_t = f_t[:, None] * image_t.index_select(0, graph.source)
        m_t.addcmul_(edges.y2[..., None], f_y2[:, None])
        scale = 1 / math.sqrt(MEAN_NEIGHBOURS)
        sum_s, sum_v, sum_t = (segment_sum(x, graph.target, len(s)) * scale for x in (f_s, m_v, m_t))
        return State(
            sum_s, state.vectors + torch.bmm(edges.site1, sum_v), state.tensors + torch.bmm(edges.site2, sum_t)
        )
