"""The geometry of a framework, as tensors of the skeletons that contain it."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..geometry.held_geometry import Held
from ..geometry.orbit_batch import OrbitBatch
from ..geometry.standardisation import Standardisation
from ..skeleton.framework import Framework
from ..skeleton.skeleton import Skeleton


def held_framework(
    framework: Framework | None, skeletons: Sequence[Skeleton], batch: OrbitBatch, standardisation: Standardisation
) -> Held | None:
    """Sites and cell of the framework in each of n skeletons and their batch; None without a framework."""
    if framework is None:
        return None
    known = torch.tensor(framework.theta, dtype=batch.linear.dtype, device=batch.linear.device)
    theta = torch.zeros_like(batch.linear[:, 0])
    site = torch.zeros_like(batch.crystal, dtype=torch.bool)
    start = 0
    for skeleton in skeletons:
        places = [start + place for place in framework.places_in(skeleton.positions, skeleton.elements)]
        theta[places], site[places] = known, True
        start += len(skeleton.positions)
    lattice = torch.tensor(framework.lattice, dtype=theta.dtype, device=theta.device).repeat(len(skeletons), 1)
    return Held.of(batch, site, theta, lattice, standardisation)
