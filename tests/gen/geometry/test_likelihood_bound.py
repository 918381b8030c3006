"""The surprise of the shipped weights ranks geometries of one skeleton."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from orbit_batches import batch_of, coordinates_of, orbits_named, theta_of

from electrolith.gen.geometry.geometry_model import GeometryModel
from electrolith.gen.geometry.likelihood_bound import PROBED, surprise
from electrolith.gen.geometry.standardisation import Geometry
from electrolith.gen.properties import SHIPPED
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.symmetry.lattice import free_coordinates


@cache
def shipped() -> GeometryModel:
    return CrystalSampler.load("default", "cpu").geometries.geometry


@pytest.mark.parametrize("name", ["NaCl", "Li2O", "SrTiO3", "CaTiO3", "TiO2", "quartz", "LiCoO2", "LiFePO4"])
def test_the_true_geometry_surprises_the_shipped_weights_least(name: str) -> None:
    orbits, single = [orbits_named(name)], torch.float32
    skeletons = batch_of(orbits, single)
    model = shipped()
    cell = model.standardisation.standardise(skeletons, coordinates_of(orbits, single))
    true = Geometry(theta_of(orbits, single), cell)
    generator = torch.Generator().manual_seed(0)
    noise = Geometry(
        torch.randn(len(PROBED), *true.theta.shape, generator=generator),
        torch.randn(len(PROBED), 1, 6, generator=generator),
    )
    free = free_coordinates(skeletons.space_group)
    moved = 0.08 * torch.randn(true.theta.shape, generator=generator) * skeletons.free
    others = [Geometry(true.theta, cell + step * free) for step in (-1.5, 1.5)]
    if skeletons.free.any():
        others.append(Geometry((true.theta + moved) % 1.0, cell))
    targets = torch.full((1, len(SHIPPED)), torch.nan)
    lowest = float(surprise(model, skeletons, true, targets, noise))
    assert all(lowest < float(surprise(model, skeletons, other, targets, noise)) for other in others)
