"""Tries at the geometries of skeletons: those found so far, and which of each skeleton are the lowest."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ..geometry.orbit_batch import OrbitBatch
from ..geometry.standardisation import Geometry

Rows = NDArray[np.int64]


class GeometryTries:
    """At most k tries for each of the B crystals of a batch.

    symbol   meaning                                          shape, unit
    theta    free parameters of each try                      (k, M, 3)
    cell     standardised lattice coordinates of each try     (k, B, 6)
    heights  predicted height; infinite where none is         (k, B), eV/atom
    """

    def __init__(self, batch: OrbitBatch, k: int) -> None:
        device = batch.crystal.device
        self.crystal = batch.crystal
        self.theta = torch.zeros(k, len(batch.crystal), 3, device=device)
        self.cell = torch.zeros(k, len(batch), 6, device=device)
        self.heights = torch.full((k, len(batch)), torch.inf, device=device)

    def add(self, number: int, rows: Rows, geometry: Geometry, heights: torch.Tensor) -> None:
        """Takes try ``number`` of the crystals ``rows``, which ascend."""
        chosen = torch.from_numpy(rows).to(self.crystal.device)
        self.theta[number, self._orbits(chosen)] = geometry.theta
        self.cell[number, chosen] = geometry.cell
        self.heights[number, chosen] = heights

    def lowest(self) -> torch.Tensor:
        """The lowest height of each crystal so far, (B,)."""
        return self.heights.amin(0)

    def ranked(self, rank: int) -> tuple[Rows, Geometry]:
        """The crystals that have more than ``rank`` tries, and of each the try with this rank by height.

        All have one of rank 0, whatever its height.
        """
        order = self.heights.argsort(dim=0, stable=True)[rank]
        known = self.heights.gather(0, order[None])[0].isfinite()
        rows = torch.nonzero(known if rank else torch.ones_like(known))[:, 0]
        orbits = self._orbits(rows)
        theta = self.theta[order[self.crystal[orbits]], orbits]
        return rows.cpu().numpy(), Geometry(theta, self.cell[order[rows], rows])

    def _orbits(self, rows: torch.Tensor) -> torch.Tensor:
        chosen = torch.zeros(self.cell.shape[1], dtype=torch.bool, device=rows.device)
        chosen[rows] = True
        return torch.nonzero(chosen[self.crystal])[:, 0]
