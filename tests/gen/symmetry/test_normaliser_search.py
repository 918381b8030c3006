"""The search for normalisers agrees with the tables."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import operations

from electrolith.gen.symmetry.normaliser_search import holohedry, normaliser, operation_keys, polar_axes
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables

GROUPS = (2, 19, 62, 123, 147, 198)


@pytest.mark.parametrize("group", GROUPS)
def test_a_normaliser_has_as_many_cosets_as_the_tables_say(group: int) -> None:
    rotations, translations = operations(group)
    assert len(list(normaliser(group, rotations, translations))) == len(wyckoff_tables().normaliser_of(group))


@pytest.mark.parametrize("group", GROUPS)
def test_every_element_of_the_normaliser_conjugates_the_group_into_itself(group: int) -> None:
    rotations, translations = operations(group)
    keys = operation_keys(rotations, translations)
    for linear, shift in normaliser(group, rotations, translations):
        inverse = np.round(np.linalg.inv(linear)).astype(int)
        turned = linear @ rotations @ inverse
        moved = translations @ linear.T + shift - turned @ shift
        assert operation_keys(turned, moved) == keys


@pytest.mark.parametrize("group", [1, 4, 26, 75, 143, 225])
def test_polar_axes_are_those_of_the_tables(group: int) -> None:
    assert np.array_equal(polar_axes(operations(group)[0]), wyckoff_tables().polar[group])


@pytest.mark.parametrize(("group", "order"), [(1, 2), (14, 4), (62, 48), (123, 16), (194, 24), (225, 48)])
def test_a_holohedry_has_the_order_of_its_lattice(group: int, order: int) -> None:
    assert len({matrix.tobytes() for matrix in holohedry(group)}) == order
