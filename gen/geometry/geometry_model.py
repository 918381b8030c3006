"""The geometry model: noisy geometry in, expected clean geometry out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..symmetry.lattice import BASIS, free_coordinates
from .geometry_network import GeometryNetwork, NetworkSize
from .graph import build_graph
from .noise import SITE_MIN, Geometry, Levels, Process, jacobian, to_parameters, without_drift, wrapped_score
from .orbit_batch import OrbitBatch


@dataclass(frozen=True, eq=False)
class Loss:
    """Mean squared errors per degree of freedom: of the sites, of the cell, and their sum weighted."""

    sites: Tensor
    cell: Tensor
    total: Tensor


class GeometryModel(nn.Module):
    """``denoise(skeletons, noisy, levels, targets) → Geometry`` of expected displacement and expected clean cell."""

    def __init__(self, size: NetworkSize | None = None, columns: tuple[int, ...] | None = None) -> None:
        super().__init__()
        self.process = Process()
        self.network = GeometryNetwork(size or NetworkSize(), columns)
        self.register_buffer("basis", torch.tensor(BASIS, dtype=torch.float32), persistent=False)

    def denoise(self, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, targets: Tensor) -> Geometry:
        """Expected direction dθ/dσ (M, 3), 1/Å, and expected clean cell (B, 6), for noisy θ and cell."""
        total = (1 + levels.sigma_cell.square()).sqrt()[:, None]
        lattice = self.process.lattice(skeletons, noisy.cell / total)
        graph = build_graph(skeletons, noisy.theta, lattice)
        scale = math.log(10 / SITE_MIN)
        level = torch.stack([levels.t, (levels.sigma / SITE_MIN).log() / scale], 1)
        out = self.network(skeletons, graph, level, targets)
        direction = to_parameters(skeletons, jacobian(skeletons, lattice), out.displacement)
        shear = torch.einsum("bij,kij->bk", out.shear, self.basis)
        raw = torch.cat([out.dilation[:, None], shear[:, 1:]], 1)
        clean = noisy.cell / total.square() + raw * (levels.sigma_cell[:, None] / total)
        return Geometry(without_drift(skeletons, direction), clean * free_coordinates(skeletons.space_group))

    def errors(
        self, skeletons: OrbitBatch, clean: Geometry, t: Tensor, targets: Tensor, noise: Geometry
    ) -> tuple[Tensor, Tensor]:
        """Squared errors of denoising at times t (B,): of each orbit (M,) and of each cell (B,), summed over freedoms.

        ``noise`` holds standard normal numbers (M, 3) and (B, 6). An error of one per degree of freedom is no
        knowledge at all (EDM's effective weighting).
        """
        process = self.process
        reference = process.reference_lattice(skeletons)
        levels = process.levels(reference, t)
        sigma = levels.sigma[skeletons.crystal]
        rows = jacobian(skeletons, reference)
        change = without_drift(skeletons, to_parameters(skeletons, rows, noise.theta) * sigma[:, None])
        free = free_coordinates(skeletons.space_group)
        noisy = Geometry((clean.theta + change) % 1.0, (clean.cell + levels.sigma_cell[:, None] * noise.cell) * free)
        found = self.denoise(skeletons, noisy, levels, targets)
        expected = without_drift(skeletons, wrapped_score(skeletons, change, rows, sigma)) / sigma[:, None]
        # errors of θ count by the length they have in the reference cell
        error = torch.bmm((found.theta - expected)[:, None], rows)[:, 0]
        weight = (levels.sigma_cell.square() + 1) / levels.sigma_cell.square()
        return error.square().sum(1), ((found.cell - clean.cell).square() * free).sum(1) * weight

    def loss(self, skeletons: OrbitBatch, clean: Geometry, t: Tensor, targets: Tensor) -> Loss:
        """Denoising loss at times t (B,), unit weight per degree of freedom."""
        noise = Geometry(torch.randn_like(clean.theta), torch.randn_like(clean.cell))
        of_sites, of_cells = self.errors(skeletons, clean, t, targets, noise)
        sites = of_sites.sum() / skeletons.free.sum().clamp(min=1)
        cell = of_cells.sum() / free_coordinates(skeletons.space_group).sum()
        return Loss(sites, cell, sites + cell)
