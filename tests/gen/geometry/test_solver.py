"""Laws of the solver, on denoisers whose flow is known."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from orbit_batches import batch_of, orbits_named, random, theta_of
from torch import Tensor

from electrolith.gen.geometry.geometry_model import Denoised, GeometryModel
from electrolith.gen.geometry.network_size import NetworkSize
from electrolith.gen.geometry.noise import Levels, noise_levels
from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.geometry.solver import prior, settle, solve
from electrolith.gen.geometry.standardisation import Geometry
from electrolith.gen.properties import SHIPPED
from electrolith.gen.symmetry.lattice import free_coordinates

NAMES = ("CaTiO3", "LiFePO4", "NaCl", "quartz", "triclinic")
SMALL = NetworkSize(4, 4, 4, 1)
EXACT = 1e-9


class Gaussian(GeometryModel):
    """A perfect denoiser of normal data about a clean geometry; ``width`` 0: of that geometry alone.

    θ = θ* + e √((s² + σ²) / (s² + σ_max²)) solves the flow with width s, for sites in Å; so does the cell with unit
    width times s.
    """

    def __init__(self, clean: Geometry, width: float = 0.0) -> None:
        super().__init__(SMALL)
        self.double()
        self.clean, self.width = clean, width
        self.seen: list[Levels] = []

    def denoise(self, skeletons: OrbitBatch, noisy: Geometry, levels: Levels, targets: Tensor) -> Denoised:
        self.seen.append(levels)
        sigma = levels.sigma_site[skeletons.crystal, None]
        away = noisy.theta - self.clean.theta
        if not self.width:
            away = away - away.round()
        direction = away * sigma / (self.width**2 + sigma**2)
        share = self.width**2 / (self.width**2 + levels.sigma_cell[:, None] ** 2)
        return Denoised(direction, self.clean.cell + share * (noisy.cell - self.clean.cell))


@pytest.fixture(scope="module")
def skeletons() -> OrbitBatch:
    return batch_of([orbits_named(name) for name in NAMES])


@pytest.fixture(scope="module")
def clean(skeletons: OrbitBatch) -> Geometry:
    theta = theta_of([orbits_named(name) for name in NAMES])
    return Geometry(theta, random(len(skeletons), 6) * free_coordinates(skeletons.space_group))


def no_targets(n: int) -> Tensor:
    return torch.full((n, len(SHIPPED)), torch.nan)


def apart(one: Geometry, other: Geometry) -> float:
    """Largest difference of two geometries, θ modulo 1."""
    theta = one.theta - other.theta
    return max(float((theta - theta.round()).abs().max()), float((one.cell - other.cell).abs().max()))


def start(skeletons: OrbitBatch) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(4)
    uniform = torch.rand(len(skeletons.crystal), 3, generator=generator, dtype=torch.float64)
    return uniform, random(len(skeletons), 6, seed=5)


@pytest.mark.parametrize("steps", [1, 2, 10])
def test_a_perfect_denoiser_is_solved_exactly_in_any_number_of_steps(
    skeletons: OrbitBatch, clean: Geometry, steps: int
) -> None:
    found = solve(Gaussian(clean), skeletons, *start(skeletons), no_targets(len(skeletons)), steps)
    assert apart(found, clean) < EXACT


def test_every_step_takes_one_network_evaluation(skeletons: OrbitBatch, clean: Geometry) -> None:
    model = Gaussian(clean)
    solve(model, skeletons, *start(skeletons), no_targets(len(skeletons)), 7)
    times = [float(levels.t[0]) for levels in model.seen]
    assert len(times) == 7
    assert times[0] == 1
    assert times == sorted(times, reverse=True)


def error_of_the_flow(steps: int) -> float:
    """Error of the solver on the flow of normal data, which is known, at the given number of steps."""
    skeletons = batch_of([orbits_named("triclinic")])  # all of x, y, z free
    clean = Geometry(torch.full((len(skeletons.crystal), 3), 0.5, dtype=torch.float64), random(1, 6))
    model = Gaussian(clean, width=1.0)
    uniform, normal = start(skeletons)
    first = prior(skeletons, uniform, normal, noise_levels_at_one(model, skeletons))
    found = solve(model, skeletons, uniform, normal, no_targets(1), steps)
    highest, last = model.seen[0], model.seen[-1]
    site = ((1 + last.sigma_site**2) * (1 + highest.sigma_site**2)).rsqrt()
    cell = ((1 + last.sigma_cell**2) * (1 + highest.sigma_cell**2)).rsqrt()
    exact = Geometry(
        clean.theta + (first.theta - clean.theta) * site, clean.cell + (first.cell - clean.cell) * cell[:, None]
    )
    return apart(found, exact)


def noise_levels_at_one(model: GeometryModel, skeletons: OrbitBatch) -> Levels:
    return noise_levels(model.standardisation.reference_lattice(skeletons), torch.ones(len(skeletons)).double())


def test_the_error_of_the_solver_falls_with_the_square_of_the_step() -> None:
    errors = [error_of_the_flow(steps) for steps in (40, 80, 160)]
    for coarse, fine in pairwise(errors):
        assert 3.5 < coarse / fine < 4.5


def test_settling_moves_nothing_at_the_fixed_point_of_a_perfect_denoiser(
    skeletons: OrbitBatch, clean: Geometry
) -> None:
    assert apart(settle(Gaussian(clean), skeletons, clean, no_targets(len(skeletons))), clean) < EXACT


def test_settling_reaches_the_only_mode(skeletons: OrbitBatch, clean: Geometry) -> None:
    moved = Geometry(clean.theta + 0.1 * skeletons.free, clean.cell + 0.3)
    assert apart(settle(Gaussian(clean), skeletons, moved, no_targets(len(skeletons))), clean) < EXACT
