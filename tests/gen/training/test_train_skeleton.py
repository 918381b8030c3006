"""Laws of the skeleton model's training data: a batch holds the crystals' own skeletons, in a random setting each."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.properties import SHIPPED
from electrolith.gen.skeleton.conditioning import FORMULA
from electrolith.gen.skeleton.skeleton import SkeletonBatch
from electrolith.gen.symmetry.normaliser import canonical
from electrolith.gen.training.augmentation import CompositionShares
from electrolith.gen.training.train_skeleton import CONTEXT, collate

FORMULAS = CompositionShares(nothing=0, at_least=0, exactly=0, formula=1)
CHOSEN = list(range(0, 4000, 100))


@pytest.fixture(scope="module")
def data() -> OrbitDataset:
    return reference_set()


def test_a_batch_holds_the_skeletons_of_its_crystals(data: OrbitDataset) -> None:
    skeletons = SkeletonBatch(*collate(data, CHOSEN, np.random.default_rng(0), CompositionShares())[CONTEXT:])
    assert torch.equal(skeletons.atoms, torch.from_numpy(data.n_atoms[CHOSEN]))
    for row, index in enumerate(CHOSEN):
        orbits = data[index]
        n = len(orbits.positions)
        positions, elements = (x[row, :n].tolist() for x in (skeletons.positions, skeletons.elements))
        assert int(skeletons.space_group[row]) == orbits.space_group
        group = orbits.space_group
        assert canonical(group, positions, elements) == canonical(
            group, orbits.positions.tolist(), orbits.elements.tolist()
        )
        assert int(skeletons.left[row, n - 1]) == 0
        assert (skeletons.positions[row, n:] == -1).all()


def test_the_atoms_left_fall_by_the_sites_of_each_orbit(data: OrbitDataset) -> None:
    skeletons = SkeletonBatch(*collate(data, CHOSEN, np.random.default_rng(0), CompositionShares())[CONTEXT:])
    for row, index in enumerate(CHOSEN):
        n = len(data[index].positions)
        steps = torch.cat([skeletons.atoms[row : row + 1], skeletons.left[row, :n]])
        assert (steps.diff() < 0).all()


def test_each_crystal_comes_with_its_own_formula_and_targets(data: OrbitDataset) -> None:
    kind, elements, counts, targets, *_ = collate(data, CHOSEN, np.random.default_rng(0), FORMULAS)
    np.testing.assert_array_equal(targets, SHIPPED.normalise(data.properties[CHOSEN]))
    for row, index in enumerate(CHOSEN):
        assert set(elements[row].tolist()) - {0} == set(data[index].elements.tolist())
        assert int(kind[row]) == FORMULA
        units = int(data.n_atoms[index]) / int(counts[row].sum())
        assert units == int(units)


def test_the_random_generator_alone_decides_settings_and_compositions(data: OrbitDataset) -> None:
    one, same, other = (collate(data, CHOSEN, np.random.default_rng(k), CompositionShares()) for k in (0, 0, 1))
    assert all(torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(one, same, strict=True))
    assert not torch.equal(one[0], other[0])
