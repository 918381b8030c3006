"""Geometry sampler: the best of several geometries for each skeleton."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..geometry.geometry_model import GeometryModel
from ..geometry.likelihood_bound import PROBED, surprise
from ..geometry.orbit_batch import OrbitBatch
from ..geometry.solver import SOLVED_IN, settle, solve
from ..geometry.standardisation import Geometry
from ..skeleton.skeleton import Skeleton
from ..symmetry.orbits import Orbits
from . import STEPS

LARGEST_COORDINATE = 20  # of the log-metric coordinates of a plausible cell, log Å
TRY, PROBE = 1, 2  # streams of random numbers of one seed


class GeometrySampler:
    """Draws geometries of skeletons from the geometry model; each depends on its own seed alone."""

    def __init__(self, geometry: GeometryModel, device: str) -> None:
        self.geometry, self.device = geometry, device

    def build(
        self,
        skeletons: Sequence[Skeleton],
        seeds: Sequence[int],
        targets: NDArray[np.float32],
        steps: int = STEPS,
    ) -> list[Orbits | None]:
        """A crystal for each of n skeletons; None where its numbers are not finite.

        ``targets`` (n, p) are the conditions, normalised. The ``steps`` network evaluations are divided into tries of
        ``SOLVED_IN``; the geometry with the lowest surprise is kept.
        """
        if not skeletons:
            return []
        batch = self._batch(skeletons)
        best = self._best_geometry(batch, seeds, self._tensor(targets), max(1, steps // SOLVED_IN), steps)
        lattice = self.geometry.standardisation.coordinates(batch, best.cell).double().cpu().numpy()
        theta = np.split(best.theta.double().cpu().numpy(), np.cumsum([len(s.positions) for s in skeletons])[:-1])
        return [_orbits_or_none(*parts) for parts in zip(skeletons, theta, lattice, strict=True)]

    def _batch(self, skeletons: Sequence[Skeleton]) -> OrbitBatch:
        owner = np.repeat(np.arange(len(skeletons)), [len(s.positions) for s in skeletons])
        positions = np.array([p for s in skeletons for p in s.positions])
        elements = np.array([z for s in skeletons for z in s.elements])
        groups = np.array([s.space_group for s in skeletons])
        integers = [torch.from_numpy(x).to(self.device) for x in (groups, owner, positions, elements)]
        return OrbitBatch.of(integers[0], integers[1], integers[2], integers[3])

    def _best_geometry(
        self, batch: OrbitBatch, seeds: Sequence[int], targets: torch.Tensor, tries: int, steps: int
    ) -> Geometry:
        """Of each crystal the geometry with the lowest surprise of several tries."""
        counts = torch.bincount(batch.crystal, minlength=len(batch)).tolist()
        best = self._try(batch, seeds, counts, targets, 0, steps // tries)
        if tries == 1:
            return best
        probes = self._probes(seeds, counts)
        first = surprise(self.geometry, batch, best, targets, probes)
        lowest = first.where(first < torch.inf, torch.inf)  # NaN counts as infinite
        for k in range(1, tries):
            geometry = self._try(batch, seeds, counts, targets, k, steps // tries)
            value = surprise(self.geometry, batch, geometry, targets, probes)
            better = value < lowest
            lowest = torch.where(better, value, lowest)
            best = Geometry(
                torch.where(better[batch.crystal, None], geometry.theta, best.theta),
                torch.where(better[:, None], geometry.cell, best.cell),
            )
        return best

    def _try(
        self, batch: OrbitBatch, seeds: Sequence[int], counts: Sequence[int], targets: torch.Tensor, k: int, steps: int
    ) -> Geometry:
        """The geometries of try ``k``."""
        rngs = [np.random.default_rng([seed, TRY, k]) for seed in seeds]
        uniform = self._tensor(np.concatenate([rng.random((n, 3)) for rng, n in zip(rngs, counts, strict=True)]))
        normal = self._tensor(np.stack([rng.standard_normal(6) for rng in rngs]))
        return settle(self.geometry, batch, solve(self.geometry, batch, uniform, normal, targets, steps), targets)

    def _probes(self, seeds: Sequence[int], counts: Sequence[int]) -> Geometry:
        """Noise at which the surprise of geometries is compared, of each crystal from its own seed."""
        rngs = [np.random.default_rng([seed, PROBE]) for seed in seeds]
        times = len(PROBED)
        sites = [rng.standard_normal((times, n, 3)) for rng, n in zip(rngs, counts, strict=True)]
        cells = np.stack([rng.standard_normal((times, 6)) for rng in rngs], axis=1)
        return Geometry(self._tensor(np.concatenate(sites, axis=1)), self._tensor(cells))

    def _tensor(self, array: NDArray[np.floating[Any]]) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.float32)).to(self.device)


def _orbits_or_none(skeleton: Skeleton, theta: NDArray[np.float64], lattice: NDArray[np.float64]) -> Orbits | None:
    """Orbits from free parameters (k, 3) and log-metric coordinates (6,); None unless they are finite and plausible."""
    finite = np.isfinite(theta).all() and np.isfinite(lattice).all() and np.abs(lattice).max() < LARGEST_COORDINATE
    positions, elements = np.array(skeleton.positions), np.array(skeleton.elements)
    return Orbits(skeleton.space_group, positions, elements, theta, lattice) if finite else None
