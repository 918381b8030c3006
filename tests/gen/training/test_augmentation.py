"""Random descriptions of a crystal for training are true of it."""

from __future__ import annotations

import numpy as np

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.training.augmentation import equivalent_setting, given_composition


def test_an_equivalent_setting_is_the_same_set_of_orbits_under_other_names() -> None:
    rng = np.random.default_rng(0)
    data = reference_set()
    for index in rng.choice(len(data), 50, replace=False):
        orbits = data[int(index)]
        positions, elements = equivalent_setting(rng, orbits.space_group, orbits.positions, orbits.elements)
        assert sorted(elements) == sorted(orbits.elements)
        assert list(zip(positions, elements, strict=True)) == sorted(zip(positions, elements, strict=True))


def test_the_given_part_of_a_composition_is_true_of_the_crystal() -> None:
    rng = np.random.default_rng(0)
    elements, sites = np.array([3, 3, 8, 15]), np.array([2, 4, 8, 2])
    for _ in range(100):
        _, known = given_composition(rng, elements, sites)
        assert set(known) <= {3, 8, 15}
        assert not any(known.values()) or known == {3: 3, 8: 4, 15: 1}
