"""The two models as one: seeds in, candidate crystals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..skeleton.constraints import Constraints
from ..symmetry.orbits import Orbits


@dataclass(frozen=True)
class Candidate:
    """One draw: orbits with finite parameters, or the reason why there is none."""

    seed: int
    orbits: Orbits | None
    log_likelihood: float  # of the skeleton, nats
    failure: str = ""


class Sampler:
    """Draws candidates; every draw depends on its own seed alone."""

    @classmethod
    def load(cls, checkpoint: str | Path = "default", device: str = "auto") -> Sampler:
        """Loads both models from the package or from a folder; checks SHA-256."""
        raise NotImplementedError

    def draw(
        self,
        seeds: Sequence[int],
        constraints: Constraints,
        properties: Sequence[Mapping[str, float]] | None = None,
        steps: int = 50,
        guidance: float = 1.0,
    ) -> list[Candidate]:
        """One candidate per seed, in order; ``properties`` are the soft targets of each."""
        raise NotImplementedError
