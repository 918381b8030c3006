"""Solver of the probability-flow equation: from noise to a geometry in few steps."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..symmetry.lattice import free_coordinates
from .geometry_model import Denoised, GeometryModel
from .held_geometry import Held
from .noise import Levels, noise_levels, noisy_cell_width
from .orbit_batch import OrbitBatch
from .standardisation import Geometry

SOLVED_IN = 6  # network evaluations that a solution takes
CURVATURE = 1.2  # > 1: more of the steps at low noise
SETTLED_AT = (0.55, 0.45, 0.35, 0.25)  # times of the mean-shift steps of ``settle``


@dataclass(frozen=True, eq=False)
class Slope:
    """Slopes of the probability flow at some noise levels: dθ/dσ (M, 3) in 1/Å, dk/dσ_cell (B, 6)."""

    theta: Tensor
    cell: Tensor
    levels: Levels


def prior(skeletons: OrbitBatch, uniform: Tensor, normal: Tensor, levels: Levels) -> Geometry:
    """Geometry at the highest noise from uniform numbers (M, 3) and standard normal ones (B, 6)."""
    free = free_coordinates(skeletons.space_group)
    return Geometry(uniform * skeletons.free, normal * noisy_cell_width(levels) * free)


@torch.no_grad()
def solve(
    model: GeometryModel,
    skeletons: OrbitBatch,
    uniform: Tensor,
    normal: Tensor,
    targets: Tensor,
    steps: int = SOLVED_IN,
    held: Held | None = None,
) -> Geometry:
    """Clean geometries of skeletons, by the two-step Adams–Bashforth method in the noise level.

    dθ/dσ is the expected direction of the model, dk/dσ_cell = (k − D) / σ_cell (Karras et al., NeurIPS 2022, eq. 3).
    ``uniform`` (M, 3) and ``normal`` (B, 6) are the only randomness. Each of the ``steps``, at least one, takes one
    network evaluation; the last one jumps to the expected clean geometry. Sites and cells that are ``held`` stay on
    their paths.
    """
    n = len(skeletons)
    reference = model.standardisation.reference_lattice(skeletons)
    times = (1 - torch.arange(steps, device=uniform.device) / steps) ** CURVATURE
    levels = noise_levels(reference, times[0].expand(n))
    state = prior(skeletons, uniform, normal, levels)
    away = None if held is None else held.displacement(skeletons, uniform, reference)
    if held is not None and away is not None:
        state = held.on_path(skeletons, state, levels, away, normal)
    last: Slope | None = None
    for time in times[1:]:
        slope = _slope(model, skeletons, state, levels, targets, held)
        levels = noise_levels(reference, time.expand(n))
        state = _adams_bashforth(skeletons, state, slope, last, levels)
        if held is not None and away is not None:
            state = held.on_path(skeletons, state, levels, away, normal)
        last = slope
    return _expected_geometry(model, skeletons, state, levels, targets, held)


def _denoised(
    model: GeometryModel, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, targets: Tensor, held: Held | None
) -> Denoised:
    denoised = model.denoise(skeletons, noisy, levels, targets)
    return denoised if held is None else held.aligned(skeletons, noisy, levels, denoised)


def _slope(
    model: GeometryModel, skeletons: OrbitBatch, state: Geometry, levels: Levels, targets: Tensor, held: Held | None
) -> Slope:
    denoised = _denoised(model, skeletons, state, levels, targets, held)
    return Slope(denoised.direction, (state.cell - denoised.clean_cell) / levels.sigma_cell[:, None], levels)


def _adams_bashforth(
    skeletons: OrbitBatch, state: Geometry, slope: Slope, last: Slope | None, following: Levels
) -> Geometry:
    """The state at the ``following`` noise levels; without a ``last`` slope this is Euler's method."""
    site = skeletons.crystal
    step_site = (following.sigma_site - slope.levels.sigma_site)[site, None]
    step_cell = (following.sigma_cell - slope.levels.sigma_cell)[:, None]
    theta, cell = slope.theta, slope.cell
    if last is not None:
        ratio_site = step_site / (slope.levels.sigma_site - last.levels.sigma_site)[site, None] / 2
        ratio_cell = step_cell / (slope.levels.sigma_cell - last.levels.sigma_cell)[:, None] / 2
        theta = slope.theta + ratio_site * (slope.theta - last.theta)
        cell = slope.cell + ratio_cell * (slope.cell - last.cell)
    return Geometry((state.theta + step_site * theta) % 1.0 * skeletons.free, state.cell + step_cell * cell)


def _expected_geometry(
    model: GeometryModel, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, targets: Tensor, held: Held | None
) -> Geometry:
    denoised = _denoised(model, skeletons, noisy, levels, targets, held)
    expected = Geometry(denoised.clean_theta(skeletons, noisy, levels), denoised.clean_cell)
    return expected if held is None else held.clean(expected)


@torch.no_grad()
def settle(
    model: GeometryModel, skeletons: OrbitBatch, geometry: Geometry, targets: Tensor, held: Held | None = None
) -> Geometry:
    """Geometries moved to the nearest mode of the model's density.

    Each step takes the geometry for a noisy one and moves it to the mean of the clean geometries that it may come from:
    a step of the mean shift (Comaniciu and Meer, IEEE PAMI 24, 603, 2002) on the density smoothed by that noise. The
    noise falls from step to step.
    """
    reference = model.standardisation.reference_lattice(skeletons)
    for t in SETTLED_AT:
        levels = noise_levels(reference, torch.full((len(skeletons),), t, device=targets.device))
        geometry = _expected_geometry(model, skeletons, geometry, levels, targets, held)
    return geometry
