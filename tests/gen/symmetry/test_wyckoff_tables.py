"""Laws of the Wyckoff tables, each over all 1,731 positions of the 230 groups."""

from __future__ import annotations

import numpy as np
import pytest
import spglib

from electrolith.gen.symmetry.orbits import lattice_points
from electrolith.gen.symmetry.wyckoff_tables import CRYSTAL_SYSTEMS, LETTERS, crystal_system, wyckoff_tables

TABLES = wyckoff_tables()
GROUPS = range(1, 231)
THETA = np.array([0.1234, 0.2718, 0.4142])  # on no special position


def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Largest coordinate difference modulo lattice translations, for all pairs of (n, 3) and (m, 3)."""
    difference = a[:, None] - b[None]
    return np.abs(difference - np.round(difference)).max(-1)


def sites(position: int) -> np.ndarray:
    """All sites (multiplicity, 3) of a position in the conventional cell, at a generic θ."""
    start, count = TABLES.op_start[position], TABLES.op_count[position]
    representative = TABLES.linear[position] @ THETA + TABLES.offset[position]
    images = TABLES.op_rotation[start : start + count] @ representative + TABLES.op_translation[start : start + count]
    return (images[:, None] + lattice_points(int(TABLES.group[position]))[None]).reshape(-1, 3)


def operations(group: int) -> tuple[np.ndarray, np.ndarray]:
    found = spglib.get_symmetry_from_database(int(TABLES.hall[group]))
    return found["rotations"], found["translations"]


def test_there_are_1731_positions_and_each_group_has_its_general_one() -> None:
    assert len(TABLES.group) == 1731
    for group in GROUPS:
        general = TABLES.positions_of(group)[-1]
        assert TABLES.dof[general] == 3
        assert TABLES.multiplicity[general] == len(operations(group)[0])


@pytest.mark.parametrize("group", GROUPS)
def test_sites_of_every_position_are_as_many_as_its_multiplicity_and_differ(group: int) -> None:
    for position in TABLES.positions_of(group):
        found = sites(position)
        assert len(found) == TABLES.multiplicity[position]
        distances = apart(found, found) + np.eye(len(found))
        assert distances.min() > 1e-3


@pytest.mark.parametrize("group", GROUPS)
def test_every_position_is_closed_under_all_operations_that_spglib_knows_of_the_group(group: int) -> None:
    rotations, translations = operations(group)
    for position in TABLES.positions_of(group):
        found = sites(position)
        images = np.einsum("oij,j->oi", rotations, found[0]) + translations
        assert apart(images, found).min(1).max() < 1e-6
        assert apart(found, images).min(1).max() < 1e-6


@pytest.mark.parametrize("group", GROUPS)
def test_the_first_image_of_an_orbit_is_its_representative(group: int) -> None:
    for position in TABLES.positions_of(group):
        start = TABLES.op_start[position]
        np.testing.assert_array_equal(TABLES.op_rotation[start], np.eye(3))
        np.testing.assert_array_equal(TABLES.op_translation[start] % 1.0, np.zeros(3))


@pytest.mark.parametrize("group", GROUPS)
def test_free_coordinates_are_the_rank_of_the_linear_part(group: int) -> None:
    for position in TABLES.positions_of(group):
        assert np.linalg.matrix_rank(TABLES.linear[position]) == TABLES.dof[position]


@pytest.mark.parametrize("group", GROUPS)
def test_the_normaliser_permutes_letters_and_keeps_multiplicity_freedom_and_composition(group: int) -> None:
    positions = TABLES.positions_of(group)
    maps = TABLES.normaliser_of(group)[:, : len(positions)]
    multiplicity, dof = (array[positions.start : positions.stop] for array in (TABLES.multiplicity, TABLES.dof))
    identity = np.arange(len(positions))
    assert (maps == identity).all(1).any()
    for row in maps:
        np.testing.assert_array_equal(np.sort(row), identity)
        np.testing.assert_array_equal(multiplicity[row], multiplicity)
        np.testing.assert_array_equal(dof[row], dof)
    known = {tuple(row) for row in maps}
    assert all(tuple(one[other]) in known for one in maps for other in maps)


def test_positions_that_the_textbook_calls_equivalent_are_so() -> None:
    def partners(group: int, letter: str) -> set[str]:
        return {LETTERS[row[LETTERS.index(letter)]] for row in TABLES.normaliser_of(group)}

    assert partners(225, "a") == {"a", "b"}  # Fm-3m: rock salt has no preferred ion
    assert partners(221, "c") == {"c", "d"}  # Pm-3m: perovskite written from A or from B
    assert partners(216, "a") == {"a", "b", "c", "d"}  # F-43m: half-Heusler's four sites
    assert partners(227, "c") == {"c", "d"}  # Fd-3m: spinel's two settings of B
    assert partners(225, "c") == {"c"}


NO, Y, Z = (), (1,), (2,)


@pytest.mark.parametrize(
    ("group", "axes"), [(1, (0, 1, 2)), (4, Y), (8, (0, 2)), (31, Z), (186, Z), (2, NO), (19, NO), (216, NO)]
)
def test_polar_axes_are_those_of_the_point_group(group: int, axes: tuple[int, ...]) -> None:
    assert tuple(np.flatnonzero(TABLES.polar[group])) == axes


@pytest.mark.parametrize("group", GROUPS)
def test_primitive_cells_hold_one_lattice_point(group: int) -> None:
    assert TABLES.cells[group] == len(lattice_points(group))
    assert np.linalg.det(TABLES.primitive[group]) == pytest.approx(1 / TABLES.cells[group])
    steps = lattice_points(group) @ np.linalg.inv(TABLES.primitive[group])
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)


def test_crystal_systems_cover_all_groups_once() -> None:
    assert sum(high - low + 1 for low, high in CRYSTAL_SYSTEMS.values()) == 230
    assert [crystal_system(g) for g in (1, 14, 62, 139, 166, 194, 225)] == list(CRYSTAL_SYSTEMS)


def test_nobody_can_change_the_tables_that_all_share() -> None:
    with pytest.raises(ValueError, match="read-only"):
        TABLES.position_start[225] = 0
