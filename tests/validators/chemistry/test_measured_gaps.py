"""Laws of measured band gaps: each row is a compound that can be found, with a source, and decides its check."""

from __future__ import annotations

import pytest
from pymatgen.core import Composition, Lattice, Structure

from electrolith.gen.crystal import Crystal
from electrolith.validators.chemistry.band_gap import Insulation
from electrolith.validators.chemistry.measured_gaps import measured_gap, measured_gaps


def rock_salt(*species: str, edge: float = 4.03) -> Crystal:
    lattice = Lattice.cubic(edge)
    return Crystal.from_structure(Structure.from_spacegroup(225, lattice, species, [[0, 0, 0], [0.5, 0.5, 0.5]]))


def test_every_row_has_a_reduced_formula_a_space_group_and_a_paper_with_its_year() -> None:
    assert measured_gaps()
    for formula, by_group in measured_gaps().items():
        assert Composition(formula).reduced_formula == formula
        for group, gap in by_group.items():
            assert 1 <= group <= 230
            assert 0 < gap.error < gap.value
            assert gap.source[-6:-5] == "("
            assert 1950 < int(gap.source[-5:-1]) < 2030


def test_a_measured_gap_decides_the_check_and_its_reason_names_the_paper() -> None:
    verdict = Insulation(at_least=1.0).check(rock_salt("Li", "F"))
    assert verdict.passed
    assert verdict.value == pytest.approx(14.2)
    assert "measured (Piacentini" in verdict.reason
    assert "GGA" not in verdict.reason
    assert Insulation(at_least=14.3).check(rock_salt("Li", "F")).answer == "near miss"
    assert Insulation(at_least=15.0).check(rock_salt("Li", "F")).answer == "no"


def test_another_structure_of_the_same_formula_has_no_measured_gap() -> None:
    zincblende = Structure.from_spacegroup(216, Lattice.cubic(4.4), ["Li", "F"], [[0, 0, 0], [0.25, 0.25, 0.25]])
    assert measured_gap(Crystal.from_structure(zincblende)) is None
    assert measured_gap(rock_salt("Na", "F")) is None
