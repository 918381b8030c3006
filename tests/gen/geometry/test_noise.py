"""Noise levels and EDM's coefficients."""

from __future__ import annotations

import math

import pytest
import torch

from electrolith.gen.geometry.noise import (
    CELL_SIGMA_MAX,
    CELL_SIGMA_MIN,
    SITE_SIGMA_MAX,
    SITE_SIGMA_MIN,
    SITE_SIGMA_UNIT,
    Levels,
    Preconditioning,
    cell_loss_weight,
    noise_levels,
    noisy_cell_width,
)

EDGES = torch.tensor([3.0, 4.0, 7.0], dtype=torch.float64)  # Å


def levels(n: int = 101) -> Levels:
    """Levels of one crystal at n times from 0 to 1."""
    return noise_levels(torch.diag(EDGES).expand(n, 3, 3), torch.linspace(0, 1, n, dtype=torch.float64))


def test_noise_grows_with_time() -> None:
    found = levels()
    assert (found.sigma_site.diff() > 0).all()
    assert (found.sigma_cell.diff() > 0).all()


def test_noise_starts_and_ends_as_stated() -> None:
    found = levels()
    torch.testing.assert_close(found.sigma_site[[0, -1]], torch.tensor([SITE_SIGMA_MIN, SITE_SIGMA_MAX * 7.0]).double())
    torch.testing.assert_close(found.sigma_cell[[0, -1]], torch.tensor([CELL_SIGMA_MIN, CELL_SIGMA_MAX]).double())


def test_noise_is_geometric_in_time() -> None:
    found = levels()
    for sigma in (found.sigma_site, found.sigma_cell):
        steps = sigma.log().diff()
        torch.testing.assert_close(steps, steps.mean().expand_as(steps))


def test_the_coefficients_are_those_of_table_1() -> None:
    found, sigma = Preconditioning.at(levels()), levels().sigma_cell[:, None]
    torch.testing.assert_close(1 / found.inverse_c_in, 1 / (sigma**2 + 1).sqrt())
    torch.testing.assert_close(1 / found.inverse_c_skip, 1 / (sigma**2 + 1))
    torch.testing.assert_close(found.c_out, sigma / (sigma**2 + 1).sqrt())


def test_the_input_of_the_network_and_its_weighted_target_have_unit_variance() -> None:
    """EDM, eqs. 117 and 131: Var[c_in x] = 1, and λ c_out² = 1."""
    found = Preconditioning.at(levels())
    torch.testing.assert_close(noisy_cell_width(levels()) / found.inverse_c_in, torch.ones_like(found.c_out))
    torch.testing.assert_close(cell_loss_weight(levels()) * found.c_out[:, 0].square(), torch.ones(101).double())


def test_c_noise_is_time_and_the_logarithm_of_the_noise_on_sites() -> None:
    found = Preconditioning.at(levels()).c_noise
    torch.testing.assert_close(found[:, 0], levels().t)
    torch.testing.assert_close(found[0, 1], torch.tensor(0.0).double())
    log_sigma = math.log(SITE_SIGMA_MAX * 7.0 / SITE_SIGMA_MIN) / math.log(SITE_SIGMA_UNIT / SITE_SIGMA_MIN)
    assert float(found[-1, 1]) == pytest.approx(log_sigma)
