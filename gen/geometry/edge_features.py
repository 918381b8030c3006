"""Features of the edges of a graph that all message layers share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..segments import segment_sum
from .graph import Graph
from .irreps import tensor_basis, tensor_rotation
from .orbit_batch import OrbitBatch

RADIAL = 12  # radial functions on each of the two scales
LONGEST = 7.0  # Å, end of the absolute scale


@dataclass(frozen=True, eq=False)
class Edges:
    """Functions of the graph that all layers share.

    symbol        meaning                                                        shape
    orbit         orbit of each atom                                             (N,)
    source_orbit  orbit of the atom that sends                                   (E,)
    radial        radial functions of the distance                               (E, 2 RADIAL)
    envelope      smooth cutoff times the weight of the edge                     (E, 1)
    y1, y2        spherical harmonics of the direction, of unit mean square      (E, 3), (E, 5)
    rotation2     D² of the operations that carry representatives to atoms       (N, 5, 5)
    site1, site2  projectors on what the site symmetry leaves invariant          (M, 3, 3), (M, 5, 5)
    coupling      basis of 2e                                                    (5, 3, 3)
    """

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

    @classmethod
    def of(cls, skeletons: OrbitBatch, graph: Graph) -> Edges:
        """Functions of a graph."""
        radial, envelope = radial_functions(graph.distance, graph.cutoff)
        basis = tensor_basis(graph.direction.dtype, str(graph.direction.device))
        outer = (graph.direction[:, :, None] * graph.direction[:, None, :]).flatten(1)
        m = len(skeletons.crystal)
        count = skeletons.site_count.to(basis.dtype)[:, None, None]
        operations2 = tensor_rotation(graph.site_operation, basis)
        return cls(
            orbit=skeletons.orbit,
            source_orbit=skeletons.orbit[graph.source],
            radial=radial,
            envelope=envelope * graph.weight[:, None],
            y1=graph.direction * math.sqrt(3),
            y2=outer @ basis.flatten(1).T * math.sqrt(7.5),
            rotation2=tensor_rotation(graph.rotation, basis),
            site1=segment_sum(graph.site_operation, graph.site_orbit, m) / count,
            site2=segment_sum(operations2, graph.site_orbit, m) / count,
            coupling=basis,
        )


def radial_functions(distance: Tensor, cutoff: Tensor) -> tuple[Tensor, Tensor]:
    """Gaussians on the scale of the cutoff and on the absolute one, (E, 2 RADIAL), and the envelope (E, 1)."""
    scaled = distance / cutoff
    width = 1 / RADIAL
    centres = torch.linspace(0.1, 1, RADIAL, device=distance.device, dtype=distance.dtype)
    relative = torch.exp(-0.5 * ((scaled[:, None] - centres) / width).square())
    absolute = torch.exp(-0.5 * ((distance[:, None] / LONGEST - centres) / width).square())
    envelope = (1 - scaled**8).square()  # smooth at the cutoff, flat before it
    return torch.cat([relative, absolute], 1), envelope[:, None]
