"""Images of sites: merged on special positions, never two atoms at one place."""

from __future__ import annotations

import numpy as np
import pytest
from cif_texts import FM3M, NACL, P1, ROCK_SALT, cif, crystal, reason

from electrolith.gen.reading.cif_images import cell_sites, close_pairs
from electrolith.gen.reading.cif_sites import CifSite
from electrolith.gen.reading.space_group_names import settings_of_symbol

HEXAGONAL = (3.25, 3.25, 5.2, 90, 90, 120)


@pytest.mark.parametrize(("digits", "remarks"), [("0.33 0.67", 1), ("0.333 0.667", 0), ("0.33333 0.66667", 0)])
def test_images_of_a_rounded_site_are_merged_onto_its_special_position(digits: str, remarks: int) -> None:
    text = cif("_symmetry_space_group_name_H-M 'P 63 m c'", rows=[f"Zn1 Zn {digits} 0 1"], of=HEXAGONAL)
    found = crystal(text)
    assert len(found) == 2
    assert np.allclose(found.frac_coords[0, :2], [1 / 3, 2 / 3], atol=1e-9)
    assert len(found.remarks) == remarks


@pytest.mark.parametrize("a", [3.2, 13.2, 33.2])
def test_images_of_one_site_within_the_rounding_of_its_digits_are_one_atom(a: float) -> None:
    hcp = "_symmetry_space_group_name_H-M 'P 63/m m c'"
    found = crystal(cif(hcp, rows=["Mg1 Mg 0.33 0.66 0.25 1"], of=(a, a, 5.2, 90, 90, 120)))
    assert len(found) == 2
    assert np.allclose(np.sort(found.frac_coords[:, 0]), [1 / 3, 2 / 3], atol=1e-9)


def test_images_of_one_site_that_are_too_close_and_not_one_by_rounding_are_refused() -> None:
    mirror = "_symmetry_space_group_name_H-M 'P m m m'"
    text = cif(mirror, rows=["Na1 Na 0.0300 0 0 1", "Cl1 Cl .5 .5 .5 1"])
    assert "images of the site Na1 are 0.34 Å apart" in reason(text)
    assert len(crystal(text.replace("0.0300", "0.0450"))) == 3
    assert "partial occupancies" in reason(text.replace("0.0300 0 0 1", "0.0300 0 0 .5"))


@pytest.mark.parametrize("symbol", ["F d -3 m:2", "I a -3 d", "P 63/m m c", "I 41/a m d:2", "R -3 m:R", "P n m a"])
def test_images_of_a_general_position_are_as_many_as_the_operations(symbol: str) -> None:
    operations = settings_of_symbol(symbol)[0].operations
    cell = cell_sites([CifSite("Li", 3, np.array([0.11, 0.23, 0.37]))], operations, np.eye(3) * 20)
    assert len(cell.content) == len(operations)
    assert len(close_pairs(cell.positions, np.eye(3) * 20, 0.1)) == 0


def test_two_atoms_at_one_place_are_refused_with_the_sum_of_their_occupancies() -> None:
    near = ["Na1 Na 0 0 0 1", "Cl1 Cl .01 0 0 1"]
    assert "Na1 and Cl1 share a site, and their occupancies sum to 2" in reason(cif(P1, rows=near))
    assert "sum to 2" in reason(cif(P1, rows=["Na1 Na 0 0 0 1", "Na2 Na .01 0 0 1"]))
    assert len(crystal(cif(P1, rows=["Na1 Na 0 0 0 1", "Cl1 Cl .1 0 0 1"]))) == 2


def test_parts_of_one_element_at_one_place_make_a_whole_atom() -> None:
    assert len(crystal(cif(FM3M, rows=[NACL[1], "Na1 Na 0 0 0 .4", "Na2 Na 0 0 0 .6"], of=ROCK_SALT))) == 8


def test_close_pairs_are_the_same_by_the_tree_and_by_all_pairs() -> None:
    positions = np.random.default_rng(0).random((300, 3))
    lattice = np.array([[9.0, 0, 1], [2, 8, 0], [0, -3, 7]])
    offsets = positions[:, None] - positions[None]
    distances = np.linalg.norm((offsets - np.round(offsets)) @ lattice, axis=2)
    expected = np.argwhere(np.triu(distances < 0.5, 1))
    assert np.array_equal(close_pairs(positions, lattice, 0.5), expected)
    assert len(expected) > 10
