"""The noise process of the geometry: a wrapped normal on the free coordinates, a normal on the lattice.

Both are variance-exploding with the preconditioning of Karras et al. (EDM, NeurIPS 2022, table 1), tied to one time
t in [0, 1]. Noise on sites is isotropic in Å in the frame of a *reference cell*, which follows from the skeleton
alone: the volume predicted from composition and the mean shape of the crystal family.

symbol      meaning                                                       unit
sigma       noise on sites, geometric from SITE_MIN to a third of a cell   Å
sigma_cell  noise on standardised lattice coordinates, from CELL_MIN to CELL_MAX
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..elements import MAX_ELEMENT
from ..symmetry.lattice import free_coordinates, lattice_from_coordinates
from .orbit_batch import OrbitBatch

SITE_MIN = 0.005
SITE_MAX_FRACTION = 0.35
CELL_MIN, CELL_MAX = 0.005, 10.0


@dataclass(frozen=True, eq=False)
class Geometry:
    """Free parameters of a batch: θ (M, 3) in [0, 1) and standardised lattice coordinates (B, 6)."""

    theta: Tensor
    cell: Tensor


@dataclass(frozen=True, eq=False)
class Levels:
    """Noise levels of a batch at times t (B,): sigma (B,) in Å, sigma_cell (B,)."""

    t: Tensor
    sigma: Tensor
    sigma_cell: Tensor


class Process(nn.Module):
    """Standardisation and noise; its buffers are fitted to data once (``fit.py``).

    element_volume  Å³ an atom, by atomic number            (MAX_ELEMENT + 1,)
    cell_mean       mean lattice coordinates of each group   (231, 6)
    cell_width      their standard deviations                (231, 6)
    """

    element_volume: Tensor
    cell_mean: Tensor
    cell_width: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("element_volume", torch.full((MAX_ELEMENT + 1,), 15.0))
        self.register_buffer("cell_mean", torch.zeros(231, 6))
        self.register_buffer("cell_width", torch.ones(231, 6))

    def reference(self, skeletons: OrbitBatch) -> Tensor:
        """Lattice coordinates (B, 6) of the reference cell."""
        total = torch.zeros(len(skeletons), dtype=self.element_volume.dtype, device=self.element_volume.device)
        total = total.index_add(0, skeletons.crystal, self.element_volume[skeletons.element] * skeletons.sites)
        mean = self.cell_mean[skeletons.space_group]
        volume = (total * skeletons.cells).log() / math.sqrt(3)
        return torch.cat([(mean[:, 0] + volume)[:, None], mean[:, 1:]], 1)

    def standardise(self, skeletons: OrbitBatch, coordinates: Tensor) -> Tensor:
        """Lattice coordinates (B, 6) → about unit normal; those the family fixes are zero."""
        free = free_coordinates(skeletons.space_group)
        return (coordinates - self.reference(skeletons)) / self.cell_width[skeletons.space_group] * free

    def coordinates(self, skeletons: OrbitBatch, cell: Tensor) -> Tensor:
        """The inverse of ``standardise``."""
        free = free_coordinates(skeletons.space_group)
        return (self.reference(skeletons) + cell * self.cell_width[skeletons.space_group]) * free

    def lattice(self, skeletons: OrbitBatch, cell: Tensor) -> Tensor:
        """Conventional cells (B, 3, 3) in Å of standardised coordinates."""
        return lattice_from_coordinates(self.coordinates(skeletons, cell), skeletons.space_group)

    def reference_lattice(self, skeletons: OrbitBatch) -> Tensor:
        """Conventional cells (B, 3, 3) in Å in whose frame the sites' noise is isotropic."""
        return self.lattice(skeletons, torch.zeros(len(skeletons), 6, dtype=self.cell_mean.dtype,
                                                   device=self.cell_mean.device))  # fmt: skip

    def levels(self, reference: Tensor, t: Tensor) -> Levels:
        """Noise at times t (B,), given the reference cells (B, 3, 3)."""
        longest = SITE_MAX_FRACTION * reference.norm(dim=2).amax(1)
        sigma = SITE_MIN * (longest / SITE_MIN).pow(t)
        return Levels(t, sigma, CELL_MIN * (CELL_MAX / CELL_MIN) ** t)


def jacobian(skeletons: OrbitBatch, lattice: Tensor) -> Tensor:
    """Cartesian displacement in Å per unit of each free parameter, rows, (M, 3, 3); rows of fixed ones are zero."""
    return torch.bmm(skeletons.linear.mT, lattice[skeletons.crystal])


def to_parameters(skeletons: OrbitBatch, rows: Tensor, vector: Tensor) -> Tensor:
    """Displacements of θ (M, 3) that come nearest to Cartesian vectors (M, 3); ``rows`` from ``jacobian``."""
    gram = torch.bmm(rows, rows.mT) + torch.diag_embed((~skeletons.free).to(rows.dtype))
    projected = torch.bmm(rows, vector[..., None])
    return torch.bmm(torch.linalg.inv(gram), projected)[..., 0] * skeletons.free


def without_drift(skeletons: OrbitBatch, change: Tensor) -> Tensor:
    """Takes the common shift along polar axes, where the origin is free, out of displacements of θ (M, 3)."""
    counts = torch.bincount(skeletons.crystal, minlength=len(skeletons)).to(change.dtype)
    total = torch.zeros(len(skeletons), 3, dtype=change.dtype, device=change.device)
    mean = total.index_add(0, skeletons.crystal, change) / counts[:, None]
    return change - (mean * skeletons.polar)[skeletons.crystal]


def wrapped_score(skeletons: OrbitBatch, change: Tensor, rows: Tensor, sigma: Tensor) -> Tensor:
    """Expected displacement of θ (M, 3), given it only modulo 1: σ² times the wrapped normal's negative score.

    ``change`` (M, 3) is the displacement that was made, ``sigma`` (M,) in Å, ``rows`` the reference Jacobian.
    The images −1, 0, 1 of each free parameter are summed (they suffice below 0.4 cells).
    """
    step = torch.arange(-1, 2, device=change.device, dtype=change.dtype)
    images = torch.cartesian_prod(step, step, step)  # (27, 3)
    wrapped = change - (change.round() * skeletons.free)
    candidates = wrapped[:, None] + images * skeletons.free[:, None]
    gram = torch.bmm(rows, rows.mT)
    squared = torch.einsum("mki,mij,mkj->mk", candidates, gram, candidates)
    # images along fixed parameters repeat the same candidate equally often, which leaves the average as it is
    weight = torch.softmax(-0.5 * squared / sigma[:, None].square(), dim=1)
    return torch.einsum("mk,mki->mi", weight, candidates)
