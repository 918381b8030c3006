"""Standardised geometries: free parameters of the sites, and lattice coordinates of about unit size.

The *reference cell* of a skeleton follows from the skeleton alone: its volume is the sum of fitted volumes of the
elements, its shape the mean shape of cells of the space group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..elements import MAX_ELEMENT
from ..segments import segment_sum
from ..symmetry.lattice import free_coordinates, lattice_from_coordinates
from .orbit_batch import OrbitBatch

FIRST_VOLUME = 15.0  # Å³ an atom, of every element before a fit


@dataclass(frozen=True, eq=False)
class Geometry:
    """Geometry of a batch: free parameters θ (M, 3) in [0, 1) and standardised lattice coordinates (B, 6)."""

    theta: Tensor
    cell: Tensor


class Standardisation(nn.Module):
    """Lattice coordinates ↔ standardised ones; the buffers are fitted to a training set (``fit_standardisation``).

    symbol          meaning                                           shape, unit
    element_volume  volume of an atom, by atomic number               (MAX_ELEMENT + 1,), Å³
    cell_mean       mean lattice coordinates of each space group      (231, 6)
    cell_width      standard deviations of the lattice coordinates    (231, 6)
    """

    element_volume: Tensor
    cell_mean: Tensor
    cell_width: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("element_volume", torch.full((MAX_ELEMENT + 1,), FIRST_VOLUME))
        self.register_buffer("cell_mean", torch.zeros(231, 6))
        self.register_buffer("cell_width", torch.ones(231, 6))

    def reference_coordinates(self, skeletons: OrbitBatch) -> Tensor:
        """Lattice coordinates (B, 6) of the reference cell."""
        volumes = self.element_volume[skeletons.element] * skeletons.sites
        total = segment_sum(volumes, skeletons.crystal, len(skeletons))
        mean = self.cell_mean[skeletons.space_group]
        volume = (total * skeletons.cells).log() / math.sqrt(3)
        return torch.cat([(mean[:, 0] + volume)[:, None], mean[:, 1:]], 1)

    def standardise(self, skeletons: OrbitBatch, coordinates: Tensor) -> Tensor:
        """Standardised lattice coordinates (B, 6), about unit normal; coordinates that the family fixes are zero."""
        free = free_coordinates(skeletons.space_group)
        difference = coordinates - self.reference_coordinates(skeletons)
        return difference / self.cell_width[skeletons.space_group] * free

    def coordinates(self, skeletons: OrbitBatch, cell: Tensor) -> Tensor:
        """Lattice coordinates (B, 6) of standardised ones: the inverse of ``standardise``."""
        free = free_coordinates(skeletons.space_group)
        return (self.reference_coordinates(skeletons) + cell * self.cell_width[skeletons.space_group]) * free

    def lattice(self, skeletons: OrbitBatch, cell: Tensor) -> Tensor:
        """Conventional cells (B, 3, 3) in Å of standardised lattice coordinates (B, 6)."""
        return lattice_from_coordinates(self.coordinates(skeletons, cell), skeletons.space_group)

    def reference_lattice(self, skeletons: OrbitBatch) -> Tensor:
        """Reference cells (B, 3, 3) in Å: noise on sites is isotropic in their frame."""
        return self.lattice(skeletons, self.cell_mean.new_zeros(len(skeletons), 6))
