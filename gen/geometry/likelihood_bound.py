"""Ranking of geometries by a bound on their likelihood."""

from __future__ import annotations

import torch
from torch import Tensor

from ..segments import segment_sum
from .geometry_model import GeometryModel
from .orbit_batch import OrbitBatch
from .standardisation import Geometry

PROBED = (0.55, 0.65, 0.75, 0.85)  # times at which ``surprise`` is measured


@torch.no_grad()
def surprise(
    model: GeometryModel, skeletons: OrbitBatch, geometry: Geometry, targets: Tensor, noise: Geometry
) -> Tensor:
    """Denoising error of each geometry (B,): a bound on −log likelihood up to a constant of the skeleton.

    It ranks geometries of one skeleton (the variational bound of Ho et al., NeurIPS 2020, eq. 14, at a few times).
    Compare only values with the same ``noise``, standard normal numbers (times, M, 3) and (times, B, 6).
    """
    n = len(skeletons)
    everyone = torch.arange(n, device=targets.device)
    errors, owners = [], []
    for k, t in enumerate(PROBED):
        part = Geometry(noise.theta[k], noise.cell[k])
        times = torch.full((n,), t, device=targets.device)
        sites, cells = model.errors(skeletons, geometry, times, targets, part)
        errors += [sites, cells]
        owners += [skeletons.crystal, everyone]
    owner = torch.cat(owners)
    order = torch.argsort(owner, stable=True)
    return segment_sum(torch.cat(errors)[order], owner[order], n)
