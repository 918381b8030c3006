"""Solves the probability-flow equation from noise to a geometry, in few steps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..symmetry.lattice import free_coordinates
from .geometry_model import GeometryModel
from .noise import Geometry, Levels
from .orbit_batch import OrbitBatch

SOLVED_IN = 10  # network evaluations that a solution takes
CURVATURE = 1.2  # > 1: more of the steps at low noise
SETTLED_AT = (0.55, 0.45, 0.35, 0.25)  # times at which a geometry is moved to where the model expects it
PROBED = (0.55, 0.65, 0.75, 0.85)  # times at which surprise is measured


def prior(skeletons: OrbitBatch, noise: Tensor, normal: Tensor, levels: Levels) -> Geometry:
    """Geometry at the highest noise from uniform numbers (M, 3) and normal ones (B, 6)."""
    free = free_coordinates(skeletons.space_group)
    width = (1 + levels.sigma_cell.square()).sqrt()[:, None]
    return Geometry(noise * skeletons.free, normal * width * free)


@torch.no_grad()
def solve(
    model: GeometryModel,
    skeletons: OrbitBatch,
    uniform: Tensor,
    normal: Tensor,
    targets: Tensor,
    steps: int = SOLVED_IN,
    watch: Callable[[Geometry], None] | None = None,
) -> Geometry:
    """Clean geometries for skeletons, by the two-step Adams–Bashforth method in the noise level.

    dθ/dσ is the network's expected direction, dk/dσ_cell = (k − D) / σ_cell (Karras et al., 2022, eq. 3). ``uniform``
    (M, 3) and ``normal`` (B, 6) are the only randomness. One network evaluation a step.
    """
    process = model.process
    reference = process.reference_lattice(skeletons)
    times = (1 - torch.arange(steps, device=uniform.device) / steps) ** CURVATURE
    n = len(skeletons)
    levels = process.levels(reference, times[0].expand(n))
    state = prior(skeletons, uniform, normal, levels)
    before: tuple[Geometry, Levels] | None = None
    for k in range(steps):
        found = model.denoise(skeletons, state, levels, targets)
        if k == steps - 1:
            theta = state.theta - levels.sigma[skeletons.crystal, None] * found.theta
            return Geometry(theta % 1.0 * skeletons.free, found.cell)
        slope = Geometry(found.theta, (state.cell - found.cell) / levels.sigma_cell[:, None])
        following = process.levels(reference, times[k + 1].expand(n))
        d_site = (following.sigma - levels.sigma)[skeletons.crystal, None]
        d_cell = (following.sigma_cell - levels.sigma_cell)[:, None]
        used = slope
        if before is not None:
            last, last_levels = before
            r_site = d_site / (levels.sigma - last_levels.sigma)[skeletons.crystal, None] / 2
            r_cell = d_cell / (levels.sigma_cell - last_levels.sigma_cell)[:, None] / 2
            used = Geometry(
                slope.theta + r_site * (slope.theta - last.theta), slope.cell + r_cell * (slope.cell - last.cell)
            )
        state = Geometry((state.theta + d_site * used.theta) % 1.0 * skeletons.free, state.cell + d_cell * used.cell)
        before, levels = (slope, levels), following
        if watch is not None:
            watch(state)
    return state


@torch.no_grad()
def settle(model: GeometryModel, skeletons: OrbitBatch, geometry: Geometry, targets: Tensor) -> Geometry:
    """Moves geometries to the nearest mode of what the model takes for likely.

    A geometry that is taken for a noisy one is denoised to the mean of what it may have come from: a step of the mean
    shift (Comaniciu and Meer, IEEE PAMI 24, 603, 2002) on the density smoothed by that noise, which falls from step to
    step.
    """
    reference = model.process.reference_lattice(skeletons)
    for t in SETTLED_AT:
        levels = model.process.levels(reference, torch.full((len(skeletons),), t, device=targets.device))
        found = model.denoise(skeletons, geometry, levels, targets)
        theta = geometry.theta - levels.sigma[skeletons.crystal, None] * found.theta
        geometry = Geometry(theta % 1.0 * skeletons.free, found.cell)
    return geometry


@torch.no_grad()
def surprise(
    model: GeometryModel, skeletons: OrbitBatch, geometry: Geometry, targets: Tensor, noise: Geometry
) -> Tensor:
    """How badly the model denoises each geometry (B,): a bound on −log likelihood up to a constant of the skeleton.

    It ranks geometries of one skeleton (the variational bound of Ho et al., NeurIPS 2020, eq. 14, at a few times);
    compare only with the same ``noise``, standard normal numbers (times, M, 3) and (times, B, 6).
    """
    n = len(skeletons)
    total = torch.zeros(n, device=targets.device)
    for k, t in enumerate(PROBED):
        part = Geometry(noise.theta[k], noise.cell[k])
        sites, cells = model.errors(skeletons, geometry, torch.full((n,), t, device=targets.device), targets, part)
        total = total.index_add(0, skeletons.crystal, sites) + cells
    return total
