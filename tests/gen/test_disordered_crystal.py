"""Disordered crystals: shares of places, as CIFs and pymatgen give them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from cif_texts import FM3M, P1, cif, entry, reason
from pymatgen.core import Lattice, Structure

from electrolith.gen.disordered_crystal import DisorderedCrystal
from electrolith.gen.reading.cif_reader import crystal_of_structure
from electrolith.gen.reading.unreadable import Unreadable

MIXED = cif(FM3M, rows=["Na1 Na 0 0 0 .75", "K1 K 0 0 0 .25", "Cl1 Cl 0.5 0.5 0.5 1"])


def disordered(text: str) -> DisorderedCrystal:
    found = entry(text)
    assert isinstance(found, Unreadable)
    assert found.disordered is not None, found.reason
    return found.disordered


def test_a_shared_site_has_the_share_of_each_element_and_its_equivalent_places() -> None:
    crystal = disordered(MIXED)
    assert crystal.counts == {11: 3.0, 19: 1.0, 17: 4.0}
    assert crystal.formula == "K0.25Na0.75Cl"
    assert crystal.is_mixed.sum() == 4
    assert len(set(crystal.sites[crystal.is_mixed])) == 1


def test_the_entry_says_how_to_make_an_ordered_cell() -> None:
    assert "electrolith order" in reason(MIXED)


def test_refined_occupancies_that_differ_from_the_formula_are_read_with_a_remark() -> None:
    rows = ["Na1 Na 0 0 0 .5", "Cl1 Cl 0.5 0.5 0.5 1"]
    crystal = disordered(cif(FM3M, "_chemical_formula_sum 'Na0.7 Cl'", rows=rows))
    assert crystal.counts == {11: 2.0, 17: 4.0}
    assert "states the formula" in crystal.remarks[-1]


def test_a_formula_with_an_element_that_is_not_listed_is_still_refused() -> None:
    rows = ["Na1 Na 0 0 0 .5", "Cl1 Cl 0.5 0.5 0.5 1"]
    found = entry(cif(FM3M, "_chemical_formula_sum 'Na0.5 Cl O2'", rows=rows))
    assert isinstance(found, Unreadable)
    assert found.disordered is None


def test_occupancies_above_one_are_refused_in_one_line() -> None:
    text = cif(P1, rows=["Na1 Na 0 0 0 .8", "K1 K 0 0 0 .5"])
    assert "their occupancies sum to 1.3, above 1.05" in reason(text)


def test_a_disordered_structure_of_pymatgen_is_one_too() -> None:
    structure = Structure(Lattice.cubic(4.0), [{"Na": 0.5, "K": 0.25}], [[0, 0, 0]])
    found = crystal_of_structure(structure, "x")
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    assert found.disordered.counts == {11: 0.5, 19: 0.25}


@pytest.mark.parametrize("text", [MIXED])
def test_it_survives_the_way_between_processes(text: str) -> None:
    crystal = disordered(text)
    again = pickle.loads(pickle.dumps(crystal))
    assert np.array_equal(again.frac_coords, crystal.frac_coords)
    assert again.shares == crystal.shares
