"""Laws of held geometries: known sites stay where they are, whatever the model expects, and fix the origin."""

from __future__ import annotations

import torch
from orbit_batches import batch_of, coordinates_of, orbits_in, orbits_named, random, theta_of
from torch import Tensor

from electrolith.gen.geometry.geometry_model import Denoised, GeometryModel
from electrolith.gen.geometry.held_geometry import STRAIN, Held
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.geometry.noise import noise_levels
from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.geometry.solver import settle, solve
from electrolith.gen.geometry.standardisation import Geometry
from electrolith.gen.properties import SHIPPED

POLAR = 33  # Pna2₁: the origin is free along z
CRYSTALS = [orbits_named("LiFePO4"), orbits_in(POLAR)]


def setting() -> tuple[GeometryModel, OrbitBatch, Held, Tensor]:
    torch.manual_seed(0)
    model = GeometryModel(NetworkSize(4, 4, 4, 1)).double()
    skeletons = batch_of(CRYSTALS)
    first = torch.cat([torch.arange(len(one.positions)) > 0 for one in CRYSTALS])
    held = Held.of(skeletons, first, theta_of(CRYSTALS), coordinates_of(CRYSTALS), model.standardisation)
    return model, skeletons, held, torch.full((2, len(SHIPPED)), torch.nan).double()


def test_known_sites_end_where_they_are_known_and_cells_near_theirs() -> None:
    model, skeletons, held, targets = setting()
    generator = torch.Generator().manual_seed(4)
    uniform = torch.rand(len(skeletons.crystal), 3, generator=generator, dtype=torch.float64)
    one = solve(model, skeletons, uniform, random(2, 6), targets, 6, held)
    width = model.standardisation.cell_width[skeletons.space_group]
    for geometry in (one, settle(model, skeletons, one, targets, held)):
        assert torch.equal(geometry.theta[held.site], held.theta[held.site])
        assert not torch.equal(geometry.theta, held.theta), "the other sites are solved"
        assert float(((geometry.cell - held.cell) * width).abs().max()) <= STRAIN + 1e-9


def test_the_known_sites_fix_the_origin_that_the_model_leaves_open() -> None:
    model, skeletons, held, _ = setting()
    levels = noise_levels(model.standardisation.reference_lattice(skeletons), torch.full((2,), 0.4).double())
    noisy = Geometry((held.theta + 0.01 * random(*held.theta.shape)) % 1.0 * skeletons.free, held.cell)
    direction = 0.01 * random(*held.theta.shape, seed=1) * skeletons.free
    drift = 0.02 * skeletons.polar[skeletons.crystal] / levels.sigma_site[skeletons.crystal, None]
    one, other = (
        held.aligned(skeletons, noisy, levels, Denoised(moved, held.cell)) for moved in (direction, direction + drift)
    )
    assert skeletons.polar[1].any()
    assert torch.allclose(one.direction, other.direction, atol=1e-12)
    away = (one.clean_theta(skeletons, noisy, levels) - held.theta)[held.site & (skeletons.crystal == 1)]
    assert float(((away - away.round()).mean(0) * skeletons.polar[1]).abs().max()) < 1e-12
