"""Warnings about the surrogate of a checkpoint before it predicts."""

from __future__ import annotations

from pathlib import Path

from ..gen.data.energy_scheme import scheme_warnings
from ..gen.surrogate.structure_surrogate import folder_in_use
from ..gen.weight_folders import folder_of


def energy_warnings(checkpoint: str | Path) -> list[str]:
    """A warning if the surrogate of a checkpoint learnt energies of another scheme than that of the hull."""
    return scheme_warnings([folder_in_use(folder_of(checkpoint))])
