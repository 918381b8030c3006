"""Displacements of free parameters and of sites, and the expected displacement under wrapped normal noise."""

from __future__ import annotations

import torch
from torch import Tensor

from ..segments import segment_sum
from .orbit_batch import OrbitBatch

IMAGES = 3  # periodic images to each side of a free parameter


def jacobian(skeletons: OrbitBatch, lattice: Tensor) -> Tensor:
    """Cartesian displacement per unit of each free parameter, (M, 3, 3), Å, row k for θ_k; zero for fixed ones."""
    return torch.bmm(skeletons.linear.mT, lattice[skeletons.crystal])


def to_parameters(skeletons: OrbitBatch, jacobian_rows: Tensor, vector: Tensor) -> Tensor:
    """Displacements of θ (M, 3) nearest, by least squares, to Cartesian vectors (M, 3) in Å; fixed ones are 0."""
    gram = torch.bmm(jacobian_rows, jacobian_rows.mT) + torch.diag_embed((~skeletons.free).to(jacobian_rows.dtype))
    projected = torch.bmm(jacobian_rows, vector[..., None])
    return torch.bmm(torch.linalg.inv(gram), projected)[..., 0] * skeletons.free


def without_drift(skeletons: OrbitBatch, displacement: Tensor) -> Tensor:
    """Displacements of θ (M, 3) less their mean over each crystal along polar axes, where the origin is free."""
    counts = torch.bincount(skeletons.crystal, minlength=len(skeletons)).to(displacement.dtype)
    mean = segment_sum(displacement, skeletons.crystal, len(skeletons)) / counts[:, None]
    return displacement - (mean * skeletons.polar)[skeletons.crystal]


def wrapped_score(skeletons: OrbitBatch, displacement: Tensor, jacobian_rows: Tensor, sigma: Tensor) -> Tensor:
    """Expected displacement of θ (M, 3), known only modulo 1: −σ² G⁻¹ ∇ log p of the wrapped normal p.

    G = J Jᵀ is the metric of θ in Å². The images −3 … 3 of each free parameter are summed, which suffices for σ up to
    1.2 cells: the shortest edge is a third of the longest, by which σ is scaled, in many layered crystals.

    argument       meaning                                                     shape, unit
    displacement   the displacement of θ that was drawn                        (M, 3)
    jacobian_rows  J, from ``jacobian``, in the reference cell                 (M, 3, 3), Å
    sigma          noise on each site                                          (M,), Å
    """
    step = torch.arange(-IMAGES, IMAGES + 1, device=displacement.device, dtype=displacement.dtype)
    images = torch.cartesian_prod(step, step, step)
    wrapped = displacement - (displacement.round() * skeletons.free)
    candidates = wrapped[:, None] + images * skeletons.free[:, None]
    gram = torch.bmm(jacobian_rows, jacobian_rows.mT)
    squared = torch.einsum("mki,mij,mkj->mk", candidates, gram, candidates)
    # images along fixed parameters repeat every candidate equally often: the mean stays the same
    weight = torch.softmax(-0.5 * squared / sigma[:, None].square(), dim=1)
    return torch.einsum("mk,mki->mi", weight, candidates)
