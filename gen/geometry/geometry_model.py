"""The geometry model: noisy geometry in, expected clean geometry out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..symmetry.lattice import BASIS, free_coordinates
from .displacements import jacobian, to_parameters, without_drift, wrapped_score
from .geometry_network import GeometryNetwork
from .graph import build_graph
from .network_size import NetworkSize
from .noise import Levels, Preconditioning, cell_loss_weight, noise_levels
from .orbit_batch import OrbitBatch
from .standardisation import Geometry, Standardisation


@dataclass(frozen=True, eq=False)
class Denoised:
    """Expectations of the model, given a noisy geometry.

    symbol      meaning                                                                     shape, unit
    direction   expected dθ/dσ = (θ − expected clean θ) / σ, without drift of the origin    (M, 3), 1/Å
    clean_cell  expected clean cell in standardised lattice coordinates                     (B, 6)
    """

    direction: Tensor
    clean_cell: Tensor

    def clean_theta(self, skeletons: OrbitBatch, noisy: Geometry, levels: Levels) -> Tensor:
        """Expected clean θ (M, 3) in [0, 1); fixed parameters are 0."""
        theta = noisy.theta - levels.sigma_site[skeletons.crystal, None] * self.direction
        return theta % 1.0 * skeletons.free


@dataclass(frozen=True, eq=False)
class Loss:
    """Mean squared errors per degree of freedom: of the sites, of the cells, and the sum of both."""

    sites: Tensor
    cell: Tensor
    total: Tensor


class GeometryModel(nn.Module):
    """Denoiser ``denoise(skeletons, noisy, levels, targets) → Denoised``; its loss, and its standardisation."""

    def __init__(self, size: NetworkSize | None = None, columns: tuple[int, ...] | None = None) -> None:
        super().__init__()
        self.process = Standardisation()  # by this name in weight files
        self.network = GeometryNetwork(size or NetworkSize(), columns)
        self.register_buffer("basis", torch.tensor(BASIS, dtype=torch.float32), persistent=False)

    @property
    def standardisation(self) -> Standardisation:
        """Standardisation of cells, fitted to the training set."""
        return self.process

    def denoise(self, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, targets: Tensor) -> Denoised:
        """Expected direction of the sites and expected clean cell, for a noisy geometry at noise ``levels``.

        The cell is D(x; σ) = c_skip x + c_out F(c_in x; c_noise) (Karras et al., NeurIPS 2022, eq. 7).
        """
        c = Preconditioning.at(levels)
        lattice = self.standardisation.lattice(skeletons, noisy.cell / c.inverse_c_in)
        graph = build_graph(skeletons, noisy.theta, lattice)
        out = self.network(skeletons, graph, c.c_noise, targets)
        direction = to_parameters(skeletons, jacobian(skeletons, lattice), out.displacement)
        shear = torch.einsum("bij,kij->bk", out.shear, self.basis)
        network_cell = torch.cat([out.dilation[:, None], shear[:, 1:]], 1)
        clean_cell = noisy.cell / c.inverse_c_skip + network_cell * c.c_out
        free = free_coordinates(skeletons.space_group)
        return Denoised(without_drift(skeletons, direction), clean_cell * free)

    def errors(
        self, skeletons: OrbitBatch, clean: Geometry, t: Tensor, targets: Tensor, noise: Geometry
    ) -> tuple[Tensor, Tensor]:
        """Squared errors of denoising at times t (B,): of each orbit (M,) and of each cell (B,), summed over freedoms.

        ``noise`` holds standard normal numbers (M, 3) and (B, 6). A model that knows nothing has an error of one per
        degree of freedom (the effective weighting of EDM).
        """
        reference = self.standardisation.reference_lattice(skeletons)
        levels = noise_levels(reference, t)
        sigma_site = levels.sigma_site[skeletons.crystal]
        rows = jacobian(skeletons, reference)
        displacement = without_drift(skeletons, to_parameters(skeletons, rows, noise.theta) * sigma_site[:, None])
        free = free_coordinates(skeletons.space_group)
        noisy_cell = (clean.cell + levels.sigma_cell[:, None] * noise.cell) * free
        noisy = Geometry((clean.theta + displacement) % 1.0, noisy_cell)
        denoised = self.denoise(skeletons, noisy, levels, targets)
        expected = wrapped_score(skeletons, displacement, rows, sigma_site)
        direction = without_drift(skeletons, expected) / sigma_site[:, None]
        # errors of θ count by the length that they have in the reference cell
        site_error = torch.bmm((denoised.direction - direction)[:, None], rows)[:, 0]
        cell_error = (denoised.clean_cell - clean.cell).square() * free
        return site_error.square().sum(1), cell_error.sum(1) * cell_loss_weight(levels)

    def loss(self, skeletons: OrbitBatch, clean: Geometry, t: Tensor, targets: Tensor) -> Loss:
        """Denoising loss at times t (B,), with unit weight per degree of freedom."""
        noise = Geometry(torch.randn_like(clean.theta), torch.randn_like(clean.cell))
        of_sites, of_cells = self.errors(skeletons, clean, t, targets, noise)
        sites = of_sites.sum() / skeletons.free.sum().clamp(min=1)
        cell = of_cells.sum() / free_coordinates(skeletons.space_group).sum()
        return Loss(sites, cell, sites + cell)
