"""Judge of geometries: the predicted energies above the hull of crystals of one skeleton, which it orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial

import torch

from ..geometry.orbit_batch import OrbitBatch
from ..properties import PropertySet
from .orbit_surrogate import hull_or_nan
from .structure_network import StructureNetwork

# orbits, θ (M, 3), conventional cells (B, 3, 3) in Å → predicted energies above the hull (B,), eV/atom
Judge = Callable[[OrbitBatch, torch.Tensor, torch.Tensor], torch.Tensor]


def judge_of(networks: Sequence[StructureNetwork], properties: PropertySet, device: str) -> Judge:
    """The judge by structure networks alone, on a device: the orbit surrogate sees no geometry.

    The height of a crystal is the larger of two predictions: the energy above the hull, and the formation energy less
    the hull. The first is nearly the same for all bad geometries, the second orders them.
    """
    there = list(networks) if device == "cpu" else [deepcopy(network).to(device) for network in networks]
    return partial(_heights, there, properties)


@torch.no_grad()
def _heights(
    networks: Sequence[StructureNetwork], properties: PropertySet,
    skeletons: OrbitBatch, theta: torch.Tensor, lattice: torch.Tensor,
) -> torch.Tensor:  # fmt: skip
    found = torch.stack([network(skeletons, theta, lattice)[0] for network in networks]).mean(0)
    above_hull, formation = (
        found[:, k] * properties[k].width + properties[k].centre
        for k in map(properties.column, ("energy_above_hull", "formation_energy_per_atom"))
    )
    hull = torch.tensor([hull_or_nan(counts) for counts in compositions(skeletons)], device=found.device)
    return torch.fmax(above_hull, formation - hull)  # fmax: NaN where the hull lacks an element


def compositions(skeletons: OrbitBatch) -> list[Counter[int]]:
    """Atoms of the primitive cell by atomic number, of each of the B crystals."""
    counts: list[Counter[int]] = [Counter() for _ in range(len(skeletons))]
    columns = (skeletons.crystal.tolist(), skeletons.element.tolist(), skeletons.sites.tolist())
    for crystal, element, sites in zip(*columns, strict=True):
        counts[crystal][element] += sites
    return counts
