"""Crystals as tensors, for the laws of the geometry model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from conftest import named
from torch import Tensor

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.symmetry.lattice import lattice_from_coordinates
from electrolith.gen.symmetry.orbits import Orbits, orbits_of


def orbits_in(space_group: int) -> Orbits:
    """A crystal of the reference set in a space group, of 2 to 24 atoms, with freedom where there is any."""
    data = reference_set()
    n = data.n_atoms
    fitting = (data.space_group == space_group) & (n >= 2) & (n <= 24)
    index = min(fitting.nonzero()[0], key=lambda i: -int((data.theta[data.start[i] : data.start[i + 1]] > 0).sum()))
    return data[int(index)]


@cache
def orbits_named(name: str) -> Orbits:
    """A named crystal as orbits."""
    return orbits_of(named(name))


def batch_of(crystals: Sequence[Orbits], dtype: torch.dtype = torch.float64) -> OrbitBatch:
    """The skeletons of crystals, in their order."""
    owner = torch.cat([torch.full((len(c.positions),), k) for k, c in enumerate(crystals)])
    positions = torch.cat([torch.tensor(c.positions) for c in crystals])
    elements = torch.cat([torch.tensor(c.elements) for c in crystals])
    return OrbitBatch.of(torch.tensor([c.space_group for c in crystals]), owner, positions, elements, dtype)


def theta_of(crystals: Sequence[Orbits], dtype: torch.dtype = torch.float64) -> Tensor:
    """Free parameters of all orbits, (M, 3)."""
    return torch.cat([torch.tensor(c.theta, dtype=dtype) for c in crystals])


def coordinates_of(crystals: Sequence[Orbits], dtype: torch.dtype = torch.float64) -> Tensor:
    """Lattice coordinates, (B, 6)."""
    return torch.stack([torch.tensor(c.lattice, dtype=dtype) for c in crystals])


def lattices_of(crystals: Sequence[Orbits], dtype: torch.dtype = torch.float64) -> Tensor:
    """Conventional cells, (B, 3, 3), Å."""
    return lattice_from_coordinates(coordinates_of(crystals, dtype), torch.tensor([c.space_group for c in crystals]))


def random(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal numbers in double precision."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
