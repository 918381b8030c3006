"""Interface between a run and the models: seeds in, candidates out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..gen.sampling import STEPS
from ..gen.sampling.candidate import Candidate, CrystalPenalty, Relax, SkeletonPenalty
from ..gen.sampling.skeleton_selection import Kinds
from ..gen.skeleton.constraints import Constraints


class CandidateSource(Protocol):
    """Models that give candidates. ``gen.sampling.crystal_sampler.CrystalSampler`` is one."""

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        skeleton_penalty: SkeletonPenalty | None = None,
        crystal_penalty: CrystalPenalty | None = None,
        relax: Relax | None = None,
        kinds: Kinds | None = None,
        temperature: float = 1.0,
    ) -> list[Candidate]:
        """One candidate per seed, in order. Each depends only on its own seed."""

    def predict(
        self,
        seeds: Sequence[int],
        ranks: Sequence[int],
        pool_seed: int,
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = STEPS,
        guidance: float = 2.0,
        relax: Relax | None = None,
    ) -> list[Candidate]:
        """Candidates for a formula; rank 0 is the most probable. Each depends on its seed, rank and ``pool_seed``."""
