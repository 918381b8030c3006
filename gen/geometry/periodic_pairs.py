"""Pairs of an orbit representative and an atom, or a periodic image of it, within a cutoff."""

from __future__ import annotations

import torch
from torch import Tensor

from .orbit_batch import OrbitBatch

MAX_IMAGES = 4  # periodic images to each side of a cell, per axis


def ranges(counts: Tensor) -> tuple[Tensor, Tensor]:
    """For counts (n,): the owner of each of the sum(counts) items, and the item's place within its owner."""
    owner = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    start = torch.cumsum(counts, 0) - counts
    return owner, torch.arange(len(owner), device=counts.device) - start[owner]


def pairs_within(
    skeletons: OrbitBatch, fractional: Tensor, cell: Tensor, cutoff: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs closer than the cutoff: target orbit (E,), source atom (E,), Cartesian vector (E, 3) in Å.

    argument    meaning                                            shape, unit
    fractional  sites of all atoms in primitive coordinates        (N, 3)
    cell        primitive cells                                    (B, 3, 3), Å
    cutoff      of each crystal                                    (B,), Å
    """
    pair_target, pair_source, delta = _pairs(skeletons, fractional)
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


def _pairs(skeletons: OrbitBatch, fractional: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """All (orbit, atom) of each crystal and their difference in primitive coordinates, within half a cell."""
    counts = skeletons.n_atoms[skeletons.crystal]
    target, place = ranges(counts)
    first_atom = torch.cumsum(skeletons.n_atoms, 0) - skeletons.n_atoms
    source = first_atom[skeletons.crystal[target]] + place
    delta = fractional[source] - fractional[skeletons.first[target]]
    return target, source, delta - delta.round()
