"""Laws of the standardised lattice coordinates and of their fit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from orbit_batches import batch_of, coordinates_of, orbits_in, random

from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.geometry.fit_standardisation import LEAST_WIDTH, fit_standardisation
from electrolith.gen.geometry.orbit_batch import OrbitBatch
from electrolith.gen.geometry.standardisation import Standardisation
from electrolith.gen.symmetry.lattice import FREE, free_coordinates, log_volume
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

Fit = tuple[Standardisation, np.ndarray, OrbitDataset]
GROUPS = (1, 2, 8, 14, 36, 62, 88, 123, 146, 166, 186, 194, 216, 225)
EXACT = 1e-9


@pytest.fixture(scope="module")
def standardisation() -> Standardisation:
    """Some volumes, means and widths, in double precision."""
    made = Standardisation().double()
    made.element_volume.copy_(5 + 20 * torch.rand(101, generator=torch.Generator().manual_seed(0)))
    made.cell_mean.copy_(0.1 * random(231, 6))
    made.cell_width.copy_(0.1 + random(231, 6, seed=1).abs())
    return made


@pytest.fixture(scope="module")
def skeletons() -> OrbitBatch:
    return batch_of([orbits_in(group) for group in GROUPS])


def test_cells_come_back_from_their_coordinates(standardisation: Standardisation, skeletons: OrbitBatch) -> None:
    cell = random(len(skeletons), 6, seed=2) * free_coordinates(skeletons.space_group)
    back = standardisation.standardise(skeletons, standardisation.coordinates(skeletons, cell))
    torch.testing.assert_close(back, cell, atol=EXACT, rtol=EXACT)


def test_coordinates_come_back_from_their_standardised_form(
    standardisation: Standardisation, skeletons: OrbitBatch
) -> None:
    coordinates = coordinates_of([orbits_in(group) for group in GROUPS])
    back = standardisation.coordinates(skeletons, standardisation.standardise(skeletons, coordinates))
    torch.testing.assert_close(back, coordinates, atol=EXACT, rtol=EXACT)


def test_the_reference_cell_holds_the_volumes_of_its_elements(skeletons: OrbitBatch) -> None:
    plain = Standardisation().double()  # all means zero
    plain.element_volume.copy_(torch.arange(101) + 1.0)
    expected = [
        sum((z + 1) * n for z, n in zip(orbits.elements, wyckoff_tables().multiplicity[orbits.positions], strict=True))
        for orbits in (orbits_in(group) for group in GROUPS)
    ]
    volume = plain.reference_lattice(skeletons).det()
    torch.testing.assert_close(volume, torch.tensor(expected, dtype=torch.float64), rtol=1e-6, atol=0)
    torch.testing.assert_close(log_volume(plain.reference_coordinates(skeletons)), volume.log(), rtol=1e-6, atol=0)


@pytest.fixture(scope="module")
def fitted() -> Fit:
    """A fit to crystals whose volume is the sum of known volumes of their elements."""
    data = reference_set()
    data = data.take(np.arange(len(data)) % 12 == 0)
    true = 8.0 + 0.3 * np.arange(101)
    sites = wyckoff_tables().multiplicity[data.positions]
    volume = np.bincount(data.owner, true[data.elements] * sites, minlength=len(data))
    lattice = data.lattice.copy()
    lattice[:, 0] = np.log(volume) / math.sqrt(3)
    data = replace(data, lattice=lattice)
    standardisation = Standardisation()
    fit_standardisation(standardisation, data)
    return standardisation, true, data


def test_the_fit_finds_the_volumes_of_the_elements(fitted: Fit) -> None:
    standardisation, true, data = fitted
    often = np.bincount(data.elements, minlength=101) > 20
    assert often.sum() > 40
    np.testing.assert_allclose(standardisation.element_volume.numpy()[often], true[often], rtol=0.02)


def test_fitted_shapes_have_unit_width_and_volumes_their_least(
    fitted: Fit,
) -> None:
    standardisation, _, data = fitted
    for group in (62, 194):
        shapes = data.lattice[data.space_group == group][:, 1:][:, FREE[group][1:]]
        mean, width = standardisation.cell_mean[group, 1:].numpy(), standardisation.cell_width[group, 1:].numpy()
        standard = (shapes - mean[FREE[group][1:]]) / width[FREE[group][1:]]
        assert len(shapes) > 20
        assert 0.5 < np.sqrt((standard**2).mean()) < 2
        assert standardisation.cell_width[group, 0] == pytest.approx(LEAST_WIDTH)
    assert not standardisation.cell_mean[:, 3:].any()
