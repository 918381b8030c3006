"""Candidate surrogate: predicts from a skeleton the predicted height of the crystal that the models will make of it.

It is an orbit surrogate trained on own candidates beside known crystals. What it predicts is what the gate will decide
on: the energy above the hull of the candidate by the structure surrogate, whether or not its true geometry is found.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .orbit_surrogate import OrbitSurrogate

NAME = "candidate-surrogate.safetensors"


def candidate_surrogate_in(folder: Path) -> OrbitSurrogate | None:
    """The candidate surrogate of a folder of weights, read once; None if it has none."""
    path = folder / NAME
    return _read(path, path.stat().st_mtime_ns) if path.exists() else None


@lru_cache(maxsize=8)
def _read(path: Path, _written: int) -> OrbitSurrogate:
    return OrbitSurrogate.load(path)
