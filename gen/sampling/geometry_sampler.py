"""Skeletons in, crystals out: the best of several geometries for each."""

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


class GeometrySampler:
    """Gives skeletons their geometry by the geometry model; every one depends on its own seed alone."""

    def __init__(self, geometry: GeometryModel, device: str) -> None:
        self.geometry, self.device = geometry, device

    def build(
        self,
        skeletons: Sequence[Skeleton],
        seeds: Sequence[int],
        targets: NDArray[np.float32],
        steps: int = STEPS,
    ) -> list[Orbits | None]:
        """A geometry for each skeleton; None where the numbers are not finite.

        ``steps`` network evaluations are spent on tries of ``SOLVED_IN`` each; the least surprising one is kept.
        """
        if not skeletons:
            return []
        tries = max(1, steps // SOLVED_IN)
        counts = np.array([len(s.positions) for s in skeletons])
        owner = np.repeat(np.arange(len(skeletons)), counts)
        positions = np.array([p for s in skeletons for p in s.positions])
        elements = np.array([z for s in skeletons for z in s.elements])
        groups = np.array([s.space_group for s in skeletons])
        integers = [torch.from_numpy(x).to(self.device) for x in (groups, owner, positions, elements)]
        batch = OrbitBatch.of(integers[0], integers[1], integers[2], integers[3])
        wanted = self._tensor(targets)
        probes = None
        best: Geometry | None = None
        lowest = torch.full((len(skeletons),), torch.inf, device=self.device)
        for k in range(tries):
            dice = [np.random.default_rng([seed, 1, k]) for seed in seeds]
            uniform = self._tensor(np.concatenate([rng.random((n, 3)) for rng, n in zip(dice, counts, strict=True)]))
            normal = self._tensor(np.stack([rng.standard_normal(6) for rng in dice]))
            found = solve(self.geometry, batch, uniform, normal, wanted, steps // tries)
            found = settle(self.geometry, batch, found, wanted)
            if tries == 1:
                best = found
                break
            probes = probes or self._probes(seeds, counts)
            value = surprise(self.geometry, batch, found, wanted, probes)
            better = value < lowest
            lowest = torch.where(better, value, lowest)
            if best is None:
                best = found
            else:
                of_orbit = better[batch.crystal, None]
                best = Geometry(
                    torch.where(of_orbit, found.theta, best.theta), torch.where(better[:, None], found.cell, best.cell)
                )
        assert best is not None, "at least one try"
        lattice = self.geometry.standardisation.coordinates(batch, best.cell).double().cpu().numpy()
        theta = best.theta.double().cpu().numpy()
        out: list[Orbits | None] = []
        for k, group in enumerate(groups):
            mine = owner == k
            finite = np.isfinite(theta[mine]).all() and np.isfinite(lattice[k]).all() and np.abs(lattice[k]).max() < 20
            orbits = Orbits(int(group), positions[mine], elements[mine], theta[mine], lattice[k])
            out.append(orbits if finite else None)
        return out

    def _probes(self, seeds: Sequence[int], counts: NDArray[np.int64]) -> Geometry:
        """Noise that geometries are compared with, each crystal's from its own seed."""
        dice = [np.random.default_rng([seed, 2]) for seed in seeds]
        times = len(PROBED)
        sites = [rng.standard_normal((times, n, 3)) for rng, n in zip(dice, counts, strict=True)]
        cells = np.stack([rng.standard_normal((times, 6)) for rng in dice], axis=1)
        return Geometry(self._tensor(np.concatenate(sites, axis=1)), self._tensor(cells))

    def _tensor(self, array: NDArray[np.floating[Any]]) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.float32)).to(self.device)
