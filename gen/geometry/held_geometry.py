"""Held geometry: sites of a framework and a cell that are known while the rest is solved (inpainting).

On the way from noise a known site follows its own path θ* + σ e, with one displacement e for all noise levels: the flow
of data that are known exactly. So the network always sees one noise level (compare RePaint, Lugmayr et al., CVPR 2022).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..symmetry.lattice import free_coordinates
from .displacements import jacobian, to_parameters
from .geometry_model import Denoised
from .noise import Levels
from .orbit_batch import OrbitBatch
from .standardisation import Geometry, Standardisation

STRAIN = 0.05  # largest difference of log-metric lattice coordinates from the known cell, log Å


@dataclass(frozen=True, eq=False)
class Held:
    """Known sites of M orbits, and the known cells of B crystals, from which the cells may differ by ``STRAIN``.

    symbol  meaning                                                    shape
    site    whether the site of an orbit is known                      (M,)
    theta   its free parameters; others are not read                   (M, 3)
    cell    standardised lattice coordinates                           (B, 6)
    room    largest difference from them                               (B, 6)
    """

    site: Tensor
    theta: Tensor
    cell: Tensor
    room: Tensor

    @classmethod
    def of(
        cls, skeletons: OrbitBatch, site: Tensor, theta: Tensor, coordinates: Tensor, standardisation: Standardisation
    ) -> Held:
        """The record for lattice ``coordinates`` (B, 6) in log Å."""
        width = standardisation.cell_width[skeletons.space_group]
        return cls(site, theta, standardisation.standardise(skeletons, coordinates), STRAIN / width)

    def displacement(self, skeletons: OrbitBatch, uniform: Tensor, reference: Tensor) -> Tensor:
        """Displacements of θ (M, 3) by noise of 1 Å, from uniform numbers (M, 3) and the reference cells (B, 3, 3)."""
        normal = torch.special.ndtri(uniform.clamp(1e-6, 1 - 1e-6))
        return to_parameters(skeletons, jacobian(skeletons, reference), normal)

    def on_path(
        self, skeletons: OrbitBatch, state: Geometry, levels: Levels, displacement: Tensor, normal: Tensor
    ) -> Geometry:
        """The state with the known sites and cells at their noise levels."""
        noisy = (self.theta + levels.sigma_site[skeletons.crystal, None] * displacement) % 1.0 * skeletons.free
        cell = (self.cell + levels.sigma_cell[:, None] * normal) * free_coordinates(skeletons.space_group)
        return Geometry(noisy.where(self.site[:, None], state.theta), cell)

    def aligned(self, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, denoised: Denoised) -> Denoised:
        """The expectations with the origin of the known sites: along polar axes the model leaves it open."""
        sigma = levels.sigma_site[skeletons.crystal, None]
        away = denoised.clean_theta(skeletons, noisy, levels) - self.theta
        away = (away - away.round()) * self.site[:, None]
        number = torch.zeros_like(self.cell[:, :1]).index_add(0, skeletons.crystal, self.site[:, None].to(sigma.dtype))
        mean = torch.zeros_like(self.cell[:, :3]).index_add(0, skeletons.crystal, away) / number.clamp(min=1)
        shift = (mean * skeletons.polar)[skeletons.crystal]
        return replace(denoised, direction=denoised.direction + shift / sigma)

    def clean(self, geometry: Geometry) -> Geometry:
        """A clean geometry with the known sites, and a cell near the known one."""
        cell = torch.minimum(torch.maximum(geometry.cell, self.cell - self.room), self.cell + self.room)
        return Geometry(self.theta.where(self.site[:, None], geometry.theta), cell)
