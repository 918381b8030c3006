"""Laws of the log-metric coordinates of lattices."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.symmetry.lattice import (
    BASIS,
    FREE,
    coordinates_from_lattice,
    free_coordinates,
    lattice_from_coordinates,
    log_volume,
)

FREEDOM = {1: 6, 2: 6, 3: 4, 15: 4, 16: 3, 74: 3, 75: 2, 142: 2, 143: 2, 167: 2, 194: 2, 195: 1, 230: 1}
ONE_GROUP_PER_FAMILY = (1, 14, 62, 139, 166, 194, 225)


def random_lattice(group: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Free coordinates and the cell (3, 3) that they describe."""
    coordinates = np.random.default_rng(seed).normal(size=6) * [1, 0.5, 0.3, 0.2, 0.2, 0.2] + [3, 0, 0, 0, 0, 0]
    coordinates = coordinates * FREE[group]
    lattice = lattice_from_coordinates(torch.tensor(coordinates)[None], torch.tensor([group]))[0].numpy()
    return coordinates, lattice


def lengths_and_cosines(lattice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.linalg.norm(lattice, axis=1)
    metric = lattice @ lattice.T / np.outer(lengths, lengths)
    return lengths, metric[[1, 0, 0], [2, 2, 1]]


@pytest.mark.parametrize("group", range(1, 231))
def test_coordinates_come_back_from_their_lattice(group: int) -> None:
    for seed in range(3):
        coordinates, lattice = random_lattice(group, seed)
        np.testing.assert_allclose(coordinates_from_lattice(lattice, group), coordinates, atol=1e-9)


@pytest.mark.parametrize("group", ONE_GROUP_PER_FAMILY)
def test_coordinates_do_not_change_when_the_lattice_is_turned(group: int) -> None:
    coordinates, lattice = random_lattice(group, 1)
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    np.testing.assert_allclose(coordinates_from_lattice(lattice @ turn, group), coordinates, atol=1e-9)


@pytest.mark.parametrize(("group", "freedom"), sorted(FREEDOM.items()))
def test_each_family_leaves_as_many_numbers_free_as_the_tables_say(group: int, freedom: int) -> None:
    assert FREE[group].sum() == freedom
    assert int(free_coordinates(torch.tensor([group])).sum()) == freedom


@pytest.mark.parametrize("seed", range(3))
def test_every_lattice_obeys_its_crystal_family(seed: int) -> None:
    for group in range(1, 231):
        (a, b, c), cosines = lengths_and_cosines(random_lattice(group, seed)[1])
        right = {1: (), 3: (0, 2), 16: (0, 1, 2), 75: (0, 1, 2), 143: (0, 1), 195: (0, 1, 2)}
        angles = right[max(start for start in right if start <= group)]
        np.testing.assert_allclose(cosines[list(angles)], 0, atol=1e-9)
        if group >= 75:
            assert a == pytest.approx(b)
        if 143 <= group <= 194:
            assert cosines[2] == pytest.approx(-0.5)
        if group >= 195:
            assert a == pytest.approx(c)


@pytest.mark.parametrize("group", ONE_GROUP_PER_FAMILY)
def test_the_first_coordinate_is_the_volume(group: int) -> None:
    coordinates, lattice = random_lattice(group, 4)
    volume = float(log_volume(torch.tensor(coordinates)[None])[0])
    constant = np.log(np.linalg.det(lattice)) - volume
    assert constant == pytest.approx(0, abs=1e-9)


def test_the_basis_is_orthonormal() -> None:
    np.testing.assert_allclose(np.einsum("aij,bij->ab", BASIS, BASIS), np.eye(6), atol=1e-12)
