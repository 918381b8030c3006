"""A crystal without its geometry: space group, Wyckoff positions and elements, alone and as a batch of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..symmetry.orbits import composition_of
from ..symmetry.wyckoff_tables import wyckoff_tables

Integers = Sequence[int] | NDArray[np.int64]
PADDING = -1


@dataclass(frozen=True)
class Skeleton:
    """A space group and its occupied orbits, in canonical order: by Wyckoff position, then by element.

    symbol          meaning                                                       unit
    space_group     number, 1 to 230
    positions       Wyckoff position of each orbit: a row of the Wyckoff tables
    elements        atomic number of each orbit
    log_likelihood  of the draw, under the model and its constraints              nats
    """

    space_group: int
    positions: tuple[int, ...]
    elements: tuple[int, ...]
    log_likelihood: float

    @property
    def composition(self) -> dict[int, int]:
        """Atoms in the primitive cell by atomic number."""
        return composition_of(self.positions, self.elements)


@dataclass(frozen=True, eq=False)
class SkeletonBatch:
    """B skeletons of at most k orbits each, as the decoder reads them.

    symbol       meaning                                                           shape
    atoms        number of atoms in the primitive cell                              (B,)
    space_group  number                                                             (B,)
    positions    Wyckoff positions, −1 where a skeleton has fewer orbits            (B, k)
    elements     atomic numbers, −1 where a skeleton has fewer orbits               (B, k)
    left         atoms still to place after each orbit, −1 beyond the last          (B, k)
    """

    atoms: Tensor
    space_group: Tensor
    positions: Tensor
    elements: Tensor
    left: Tensor

    @classmethod
    def of(cls, skeletons: Sequence[tuple[int, Integers, Integers]], device: str = "cpu") -> SkeletonBatch:
        """The batch of (space group, positions, elements) of each skeleton, orbits in canonical order."""
        sites = wyckoff_tables().op_count
        longest = max((len(positions) for _, positions, _ in skeletons), default=0)
        orbits = np.full((3, len(skeletons), longest), PADDING, dtype=np.int64)
        atoms = np.zeros(len(skeletons), dtype=np.int64)
        for row, (_, positions, elements) in enumerate(skeletons):
            placed = np.cumsum(sites[np.asarray(positions)])
            atoms[row] = placed[-1]
            orbits[:, row, : len(placed)] = positions, elements, placed[-1] - placed
        groups = np.array([group for group, _, _ in skeletons], dtype=np.int64)
        return cls(*(torch.from_numpy(x).to(device) for x in (atoms, groups, *orbits)))

    def tensors(self) -> tuple[Tensor, ...]:
        """The fields in their order, for loaders that take tensors alone."""
        return (self.atoms, self.space_group, self.positions, self.elements, self.left)
