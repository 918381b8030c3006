"""Size of the geometry network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSize:
    """Channels of scalars, vectors and tensors; number of layers."""

    scalars: int = 96
    vectors: int = 32
    tensors: int = 24
    layers: int = 4
