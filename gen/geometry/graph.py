"""Neighbours of orbit representatives, one of each kind under the site symmetry.

A representative's neighbours fall into classes that its site symmetry S carries into each other. Messages along the
edges of a class are turned copies of one message m, so that their sum is (w / |S|) Σ_g D(g) m with w the size of the
class: it is enough to keep one edge of each class, weighted, and to project the sum on what S leaves invariant. That
leaves about a quarter of the edges in real crystals, and it keeps features exactly symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .orbit_batch import OrbitBatch

CUTOFF = 1.85  # in units of (volume per atom)^⅓: about 26 neighbours at any density and noise
MAX_IMAGES = 4  # periodic images to each side of a cell, per axis
GENERIC = (0.5377, 0.3141, 0.7826)  # orders the edges of a class; on no symmetry element
TIE = 1e-4  # fractional; edges closer than this in that order share their class's weight


@dataclass(frozen=True, eq=False)
class Graph:
    """E directed edges from atoms to orbit representatives.

    symbol     meaning                                          shape, unit
    target     orbit whose representative receives              (E,)
    source     atom that sends                                  (E,)
    weight     equivalent edges that this one stands for        (E,)
    distance   length                                           (E,), Å
    direction  unit vector from representative to atom          (E, 3)
    cutoff     of the edge's crystal                            (E,), Å
    rotation   Cartesian rotation that carries representatives to atoms  (N, 3, 3)
    site_operation  Cartesian site-symmetry operations          (S, 3, 3)
    site_orbit  their orbits                                    (S,)
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


def ranges(counts: Tensor) -> tuple[Tensor, Tensor]:
    """For counts (n,): the owner of each of the sum(counts) items, and the item's place within its owner."""
    owner = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    start = torch.cumsum(counts, 0) - counts
    return owner, torch.arange(len(owner), device=counts.device) - start[owner]


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

    pair_target, pair_source, delta = _pairs(skeletons, fractional)
    target, source, vector = _within(skeletons, cell, cutoff, pair_target, pair_source, delta)
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


def _pairs(skeletons: OrbitBatch, fractional: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """All (orbit, atom) of each crystal and their difference in primitive coordinates, within half a cell."""
    counts = skeletons.n_atoms[skeletons.crystal]
    target, place = ranges(counts)
    first_atom = torch.cumsum(skeletons.n_atoms, 0) - skeletons.n_atoms
    source = first_atom[skeletons.crystal[target]] + place
    delta = fractional[source] - fractional[skeletons.first[target]]
    return target, source, delta - delta.round()


def _within(
    skeletons: OrbitBatch, cell: Tensor, cutoff: Tensor, pair_target: Tensor, pair_source: Tensor, delta: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Periodic images of pairs closer than the cutoff: target, source, Cartesian vector."""
    spacing = 1 / torch.linalg.inv(cell).norm(dim=1)  # between lattice planes, (B, 3)
    images = 2 * (cutoff[:, None] / spacing + 0.5).floor().clamp(max=MAX_IMAGES).long() + 1
    owner, index = ranges(images.prod(1))
    n = images[owner]
    steps = torch.stack([index // (n[:, 1] * n[:, 2]), index // n[:, 2] % n[:, 1], index % n[:, 2]], 1) - n // 2
    shifts = torch.bmm(steps.to(cell.dtype)[:, None], cell[owner])[:, 0]
    centre = torch.zeros(len(owner), dtype=torch.bool, device=cell.device)
    first_image = torch.cumsum(images.prod(1), 0) - images.prod(1)
    centre[first_image + images.prod(1) // 2] = True

    pair_crystal = skeletons.crystal[pair_target]
    near = torch.bmm(delta[:, None], cell[pair_crystal])[:, 0]
    pair, place = ranges(images.prod(1)[pair_crystal])
    image = first_image[pair_crystal][pair] + place
    vector = near[pair] + shifts[image]
    is_self = (pair_source == skeletons.first[pair_target])[pair] & centre[image]
    close = torch.nonzero((vector.square().sum(1) < cutoff.square()[pair_crystal][pair]) & ~is_self)[:, 0]
    return pair_target[pair[close]], pair_source[pair[close]], vector[close]


def _one_of_each_class(skeletons: OrbitBatch, target: Tensor, vector: Tensor) -> tuple[Tensor, Tensor]:
    """Which edges to keep (indices), and the weight of every edge; ``vector`` (E, 3) in conventional coordinates."""
    order = torch.tensor(GENERIC, dtype=vector.dtype, device=vector.device)
    # h · (W x) for each operation W of the site: rows h W are a table
    rows = torch.einsum("i,sij->sj", order, skeletons.site_rotation)
    edge, place = ranges(skeletons.site_count[target])
    value = (rows[skeletons.site_start[target][edge] + place] * vector[edge]).sum(1)
    own = (vector * order).sum(1)
    highest = own.scatter_reduce(0, edge, value, "amax")
    ties = torch.zeros_like(own).index_add(0, edge, (value > highest[edge] - TIE).to(own.dtype))
    weight = skeletons.site_count[target] / ties
    return torch.nonzero(own > highest - TIE)[:, 0], weight
