"""Geometry sampler: the best of several geometries for each skeleton.

A try solves the probability flow in few steps. The tries are judged by their predicted energy above the hull, the best
two are moved to the nearest mode of the density and judged again, and the lower one is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..geometry.geometry_model import GeometryModel
from ..geometry.held_geometry import Held
from ..geometry.orbit_batch import OrbitBatch
from ..geometry.solver import SETTLED_AT, SOLVED_IN, settle, solve
from ..geometry.standardisation import Geometry
from ..skeleton.framework import Framework
from ..skeleton.skeleton import Skeleton
from ..surrogate.geometry_judge import Judge
from ..symmetry.orbits import Orbits
from . import STEPS
from .geometry_tries import GeometryTries, Rows
from .held_framework import held_framework

LARGEST_COORDINATE = 20  # of the log-metric coordinates of a plausible cell, log Å
TRY = 1  # stream of random numbers of one seed
SETTLED = 2  # tries that are settled
ENOUGH = 0.01  # eV/atom: predicted height of a try that is good enough before it is settled


def tries_within(steps: int) -> int:
    """Tries that ``steps`` evaluations of a network allow, at least one; each judgement counts as one."""
    return max(1, (steps - SETTLED * (len(SETTLED_AT) + 1)) // (SOLVED_IN + 1))


class GeometrySampler:
    """Draws geometries of skeletons from the geometry model; each depends on its own seed alone."""

    def __init__(self, geometry: GeometryModel, judge: Judge, device: str, enough: float = ENOUGH) -> None:
        """``enough``: height in eV/atom of a try below which no other tries follow."""
        self.geometry, self.judge, self.device, self.enough = geometry, judge, device, enough

    def build(
        self,
        skeletons: Sequence[Skeleton],
        seeds: Sequence[int],
        targets: NDArray[np.float32],
        steps: int = STEPS,
        framework: Framework | None = None,
    ) -> list[Orbits | None]:
        """A crystal for each of n skeletons; None where its numbers are not finite.

        ``targets`` (n, p) are the conditions, normalised. Tries share the ``steps`` network evaluations. The geometry
        of a ``framework``, which all skeletons contain, is kept.
        """
        if not skeletons:
            return []
        batch = self._batch(skeletons)
        return self._crystals(
            skeletons, batch, self._best_geometry(batch, skeletons, seeds, self._tensor(targets), steps, framework)
        )

    def single(
        self, skeletons: Sequence[Skeleton], seeds: Sequence[int], targets: NDArray[np.float32], settled: bool
    ) -> list[Orbits | None]:
        """The first of the tries for each of n skeletons, ``settled`` or not."""
        batch, shown = self._batch(skeletons), self._tensor(targets)
        one = self._try(batch, seeds, shown, 0, SOLVED_IN)
        return self._crystals(skeletons, batch, settle(self.geometry, batch, one, shown) if settled else one)

    def _crystals(self, skeletons: Sequence[Skeleton], batch: OrbitBatch, best: Geometry) -> list[Orbits | None]:
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

    def _part(
        self, batch: OrbitBatch, skeletons: Sequence[Skeleton], rows: Rows, framework: Framework | None
    ) -> tuple[OrbitBatch, Held | None]:
        """The batch of some of the skeletons of a batch, and what is known of their geometry."""
        chosen = [skeletons[int(row)] for row in rows]
        part = batch if len(rows) == len(batch) else self._batch(chosen)
        return part, held_framework(framework, chosen, part, self.geometry.standardisation)

    def _best_geometry(
        self,
        batch: OrbitBatch,
        skeletons: Sequence[Skeleton],
        seeds: Sequence[int],
        targets: torch.Tensor,
        steps: int,
        framework: Framework | None,
    ) -> Geometry:
        """Of each crystal the best of several tries. A crystal gets no more of them once one is low enough."""
        tries = tries_within(steps)
        rows = np.arange(len(batch))
        if tries == 1:
            _, held = self._part(batch, skeletons, rows, framework)
            one = self._try(batch, seeds, targets, 0, max(1, steps), held)
            return settle(self.geometry, batch, one, targets, held)
        found, best = GeometryTries(batch, tries), GeometryTries(batch, SETTLED)
        rigid = torch.bincount(batch.crystal, batch.free.any(1), minlength=len(batch)) == 0
        for k in range(tries):
            part, held = self._part(batch, skeletons, rows, framework)
            one = self._try(part, [seeds[int(row)] for row in rows], targets[rows], k, SOLVED_IN, held)
            found.add(k, rows, one, self._heights(part, one))
            # all tries at a skeleton without free parameters end at one geometry
            rows = torch.nonzero((found.lowest() > self.enough) & ~rigid)[:, 0].cpu().numpy()
            if not len(rows):
                break
        for rank in range(SETTLED):
            rows, one = found.ranked(rank)
            if not len(rows):
                break
            part, held = self._part(batch, skeletons, rows, framework)
            one = settle(self.geometry, part, one, targets[rows], held)
            best.add(rank, rows, one, self._heights(part, one))
        return best.ranked(0)[1]

    def _try(
        self,
        batch: OrbitBatch,
        seeds: Sequence[int],
        targets: torch.Tensor,
        k: int,
        steps: int,
        held: Held | None = None,
    ) -> Geometry:
        """The geometries of try ``k``, not settled."""
        counts = torch.bincount(batch.crystal, minlength=len(batch)).tolist()
        rngs = [np.random.default_rng([seed, TRY, k]) for seed in seeds]
        uniform = self._tensor(np.concatenate([rng.random((n, 3)) for rng, n in zip(rngs, counts, strict=True)]))
        normal = self._tensor(np.stack([rng.standard_normal(6) for rng in rngs]))
        return solve(self.geometry, batch, uniform, normal, targets, steps, held)

    def _heights(self, batch: OrbitBatch, geometry: Geometry) -> torch.Tensor:
        """The judgement of each geometry (B,), infinite where its numbers are not plausible."""
        standardisation = self.geometry.standardisation
        sound = (standardisation.coordinates(batch, geometry.cell).abs() < LARGEST_COORDINATE).all(1)  # NaN is not
        sound &= torch.bincount(batch.crystal, ~geometry.theta.isfinite().all(1), minlength=len(batch)) == 0
        theta = geometry.theta.where(sound[batch.crystal, None], 0.0)
        lattice = standardisation.lattice(batch, geometry.cell.where(sound[:, None], 0.0))
        return self.judge(batch, theta, lattice).where(sound, torch.inf)

    def _tensor(self, array: NDArray[np.floating[Any]]) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.float32)).to(self.device)


def _orbits_or_none(skeleton: Skeleton, theta: NDArray[np.float64], lattice: NDArray[np.float64]) -> Orbits | None:
    """Orbits from free parameters (k, 3) and log-metric coordinates (6,); None unless they are finite and plausible."""
    finite = np.isfinite(theta).all() and np.isfinite(lattice).all() and np.abs(lattice).max() < LARGEST_COORDINATE
    positions, elements = np.array(skeleton.positions), np.array(skeleton.elements)
    return Orbits(skeleton.space_group, positions, elements, theta, lattice) if finite else None
