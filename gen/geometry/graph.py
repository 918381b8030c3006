"""Neighbours of orbit representatives: one edge of each class under the site symmetry.

A representative's neighbours fall into classes that its site symmetry S carries into each other. Messages along the
edges of a class are transformed copies of one message m, so that their sum is (w / |S|) Σ_g D(g) m with w the size of
the class. So one weighted edge of each class is enough, if the sum is projected on what S leaves invariant. About a
quarter of the edges of real crystals remain, and features stay exactly symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..segments import segment_max, segment_sum
from .orbit_batch import OrbitBatch
from .periodic_pairs import pairs_within, ranges

CUTOFF = 1.85  # in units of (volume per atom)^⅓: about 26 neighbours at any density and noise; defines the weights
GENERIC = (0.5377, 0.3141, 0.7826)  # a direction on no symmetry element; orders the edges of a class
TIE = 1e-4  # fractional; edges closer than this in that order share the weight of their class


@dataclass(frozen=True, eq=False)
class Graph:
    """E directed edges from atoms to orbit representatives.

    symbol     meaning                                          shape, unit
    target     orbit whose representative receives              (E,)
    source     atom that sends                                  (E,)
    weight     number of equivalent edges                       (E,)
    distance   length                                           (E,), Å
    direction  unit vector from representative to atom          (E, 3)
    cutoff     cutoff of the crystal                            (E,), Å
    rotation   Cartesian operations that carry representatives to atoms  (N, 3, 3)
    site_operation  Cartesian site-symmetry operations          (S, 3, 3)
    site_orbit  orbits of these operations                      (S,)
    """

    target: Tensor
    source: Tensor
    weight: Tensor
    distance: Tensor
    direction: Tensor
    cutoff: Tensor
    rotation: Tensor
    site_operation: Tensor
    site_orbit: Tensor


def build_graph(skeletons: OrbitBatch, theta: Tensor, lattice: Tensor) -> Graph:
    """Edges for free parameters θ (M, 3) and conventional cells (B, 3, 3) in Å; no gradients flow through."""
    crystal = skeletons.crystal
    representative = torch.einsum("mij,mj->mi", skeletons.linear, theta) + skeletons.offset
    orbit = skeletons.orbit
    sites = torch.einsum("nij,nj->ni", skeletons.rotation, representative[orbit]) + skeletons.translation
    inverse = torch.linalg.inv(lattice)
    cell = skeletons.primitive @ lattice
    to_primitive = torch.linalg.inv(skeletons.primitive)
    fractional = torch.bmm(sites[:, None], to_primitive[crystal[orbit]])[:, 0]
    volume = torch.linalg.det(cell).abs()
    cutoff = CUTOFF * (volume / skeletons.n_atoms).pow(1 / 3)

    target, source, vector = pairs_within(skeletons, fractional, cell, cutoff)
    kept, weight = _one_of_each_class(skeletons, target, torch.bmm(vector[:, None], inverse[crystal[target]])[:, 0])
    target, source, vector = target[kept], source[kept], vector[kept]
    distance = vector.square().sum(1).clamp(min=1e-12).sqrt()

    def cartesian(operations: Tensor, owner: Tensor) -> Tensor:
        # column vectors: x' = Lᵀ W L⁻ᵀ x
        return torch.bmm(torch.bmm(lattice.mT[owner], operations), inverse.mT[owner])

    site_orbit, place = ranges(skeletons.site_count)
    site = skeletons.site_rotation[skeletons.site_start[site_orbit] + place]
    return Graph(
        target=target,
        source=source,
        weight=weight[kept],
        distance=distance,
        direction=vector / distance[:, None],
        cutoff=cutoff[crystal[target]],
        rotation=cartesian(skeletons.rotation, crystal[orbit]),
        site_operation=cartesian(site, crystal[site_orbit]),
        site_orbit=site_orbit,
    )


def _one_of_each_class(skeletons: OrbitBatch, target: Tensor, vector: Tensor) -> tuple[Tensor, Tensor]:
    """Indices of the edges to keep, and the weight of every edge; ``vector`` (E, 3) in conventional coordinates."""
    order = torch.tensor(GENERIC, dtype=vector.dtype, device=vector.device)
    # h · (W x) for each operation W of the site: rows h W are a table
    rows = torch.einsum("i,sij->sj", order, skeletons.site_rotation)
    edge, place = ranges(skeletons.site_count[target])
    value = (rows[skeletons.site_start[target][edge] + place] * vector[edge]).sum(1)
    own = (vector * order).sum(1)
    highest = segment_max(value, edge, len(own))
    ties = segment_sum((value > highest[edge] - TIE).to(own.dtype), edge, len(own))
    weight = skeletons.site_count[target] / ties
    return torch.nonzero(own > highest - TIE)[:, 0], weight
