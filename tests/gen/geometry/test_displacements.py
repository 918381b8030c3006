"""Displacements of free parameters: projections, round trips, and the score of the wrapped normal."""

from __future__ import annotations

import pytest
import torch
from orbit_batches import batch_of, lattices_of, orbits_in, random
from torch import Tensor

from electrolith.gen.geometry.displacements import jacobian, to_parameters, without_drift, wrapped_score
from electrolith.gen.geometry.orbit_batch import OrbitBatch

POLAR, NOT_POLAR = (1, 8, 31, 36, 146, 186), (14, 62, 88, 123, 148, 166, 194, 216, 225, 227)
EXACT = 1e-9


@pytest.fixture(scope="module")
def skeletons() -> OrbitBatch:
    return batch_of([orbits_in(group) for group in POLAR + NOT_POLAR])


@pytest.fixture(scope="module")
def rows(skeletons: OrbitBatch) -> Tensor:
    return jacobian(skeletons, lattices_of([orbits_in(group) for group in POLAR + NOT_POLAR]))


@pytest.fixture(scope="module")
def theta(skeletons: OrbitBatch) -> Tensor:
    """Some displacement of the free parameters, up to a whole cell."""
    return random(len(skeletons.crystal), 3) * 0.4 * skeletons.free


def log_density(displacement: Tensor, rows: Tensor, sigma: Tensor, free: Tensor, reach: int) -> Tensor:
    """log p of each wrapped displacement, (M,), up to a constant: the sum over images up to ``reach`` cells away."""
    step = torch.arange(-reach, reach + 1, dtype=torch.float64)
    images = torch.cartesian_prod(step, step, step)
    length = torch.einsum("mki,mij->mkj", displacement[:, None] + images * free[:, None], rows)
    return torch.logsumexp(-0.5 * length.square().sum(2) / sigma[:, None].square(), 1)


def score_by_autograd(displacement: Tensor, rows: Tensor, sigma: Tensor, free: Tensor, reach: int) -> Tensor:
    """−σ² ∇ log p in the metric of θ, G E with E the expected displacement, (M, 3)."""
    displacement = displacement.clone().requires_grad_()
    density = log_density(displacement, rows, sigma, free, reach).sum()
    (gradient,) = torch.autograd.grad(density, displacement)
    return -sigma[:, None].square() * gradient


def shortest(rows: Tensor) -> Tensor:
    """Length of the shortest free step of each orbit, (M,), Å."""
    length = rows.norm(dim=2)
    return torch.where(length > 0, length, torch.inf).amin(1).clamp(max=10.0)


def test_the_wrapped_score_is_the_gradient_of_the_log_density(
    skeletons: OrbitBatch, rows: Tensor, theta: Tensor
) -> None:
    sigma = 0.12 * shortest(rows)
    found = wrapped_score(skeletons, theta, rows, sigma)
    metric = rows @ rows.mT
    expected = score_by_autograd(theta - theta.round(), rows, sigma, skeletons.free, reach=2)
    torch.testing.assert_close((metric @ found[..., None])[..., 0], expected, atol=EXACT, rtol=EXACT)


def test_the_images_are_enough_for_noise_of_a_whole_shortest_edge(
    skeletons: OrbitBatch, rows: Tensor, theta: Tensor
) -> None:
    sigma = shortest(rows)
    found = wrapped_score(skeletons, theta, rows, sigma)
    expected = score_by_autograd(theta, rows, sigma, skeletons.free, reach=6)
    error = (rows @ rows.mT @ found[..., None])[..., 0] - expected
    steps = rows.norm(dim=2).clamp(min=1e-9)
    assert (error.abs() / steps < 0.02 * sigma[:, None]).all()


def test_the_wrapped_score_does_not_change_by_whole_cells(skeletons: OrbitBatch, rows: Tensor, theta: Tensor) -> None:
    sigma = torch.full((len(theta),), 0.8, dtype=torch.float64)
    whole = random(*theta.shape, seed=1).round() * skeletons.free
    before, after = (wrapped_score(skeletons, d, rows, sigma) for d in (theta, theta + whole))
    torch.testing.assert_close(before, after, atol=EXACT, rtol=EXACT)


def test_at_low_noise_the_expected_displacement_is_the_one_drawn(skeletons: OrbitBatch, rows: Tensor) -> None:
    drawn = random(len(skeletons.crystal), 3).clamp(-1, 1) * 0.01 * skeletons.free
    sigma = torch.full((len(drawn),), 0.05, dtype=torch.float64)
    torch.testing.assert_close(wrapped_score(skeletons, drawn, rows, sigma), drawn, atol=EXACT, rtol=EXACT)


def test_parameters_come_back_from_their_cartesian_displacement(
    skeletons: OrbitBatch, rows: Tensor, theta: Tensor
) -> None:
    cartesian = torch.einsum("mk,mki->mi", theta, rows)
    torch.testing.assert_close(to_parameters(skeletons, rows, cartesian), theta, atol=EXACT, rtol=EXACT)


def test_parameters_are_the_nearest_ones_to_a_cartesian_vector(skeletons: OrbitBatch, rows: Tensor) -> None:
    vector = random(len(skeletons.crystal), 3, seed=2)
    nearest = to_parameters(skeletons, rows, vector)
    left = vector - torch.einsum("mk,mki->mi", nearest, rows)
    assert torch.einsum("mi,mki->mk", left, rows).abs().max() < EXACT  # orthogonal to all free steps
    assert not nearest[~skeletons.free].any()


def test_taking_out_the_drift_twice_is_taking_it_out_once(skeletons: OrbitBatch, theta: Tensor) -> None:
    once = without_drift(skeletons, theta)
    torch.testing.assert_close(without_drift(skeletons, once), once, atol=EXACT, rtol=EXACT)
    assert (once - theta).abs().max() > 0.01


def test_a_shift_along_polar_axes_is_all_drift(skeletons: OrbitBatch, theta: Tensor) -> None:
    shift = random(len(skeletons), 3, seed=3) * skeletons.polar
    assert shift.abs().max() > 0
    moved = without_drift(skeletons, theta + shift[skeletons.crystal])
    torch.testing.assert_close(moved, without_drift(skeletons, theta), atol=EXACT, rtol=EXACT)


def test_a_group_without_polar_axes_has_no_drift(skeletons: OrbitBatch, theta: Tensor) -> None:
    fixed = ~skeletons.polar.bool().any(1)[skeletons.crystal]
    assert fixed.any()
    assert torch.equal(without_drift(skeletons, theta)[fixed], theta[fixed])
