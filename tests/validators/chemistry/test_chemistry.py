"""Laws of charge balance and of molecules and polyanions."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule as ase_molecule
from ase.data import atomic_numbers, chemical_symbols
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition
from smact.screening import smact_validity

from electrolith.gen.crystal import Crystal
from electrolith.validators import validator
from electrolith.validators.chemistry.fragments import fragments_of
from electrolith.validators.chemistry.molecules import Molecule, molecules_of
from electrolith.validators.chemistry.smact_validity import SmactValidity, charge_balance, oxidation_states
from electrolith.validators.chemistry.valences import charge_states

TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
TRIANGLE = np.array([[1, 0, 0], [-0.5, np.sqrt(0.75), 0], [-0.5, -np.sqrt(0.75), 0]])
OCTAHEDRON = np.concatenate([np.eye(3), -np.eye(3)])


def salt(cations: str, centre: str, ligand: str, directions: np.ndarray, length: float) -> Crystal:
    """One polyanion in a corner of a box of 10 Å, over the edge of the cell, and cations far from it."""
    ions = cations.split()
    sites = np.concatenate([np.zeros((1, 3)), directions * length, [[3.0 + 2 * k, 5.0, 5.0] for k in range(len(ions))]])
    symbols = [centre] + [ligand] * len(directions) + ions
    return Crystal.of(10 * np.eye(3), sites / 10, [atomic_numbers[s] for s in symbols])


SALTS = {
    "PO4(3-)": salt("Li Li Li", "P", "O", TETRAHEDRON, 1.55),
    "PS4(3-)": salt("Li Li Li", "P", "S", TETRAHEDRON, 2.05),
    "SO4(2-)": salt("Li Li", "S", "O", TETRAHEDRON, 1.48),
    "SiO4(4-)": salt("Mg Mg", "Si", "O", TETRAHEDRON, 1.63),
    "ClO4(1-)": salt("Li", "Cl", "O", TETRAHEDRON, 1.45),
    "BH4(1-)": salt("Li", "B", "H", TETRAHEDRON, 1.22),
    "NH4(1+)": salt("Cl", "N", "H", TETRAHEDRON, 1.03),
    "PF6(1-)": salt("Li", "P", "F", OCTAHEDRON, 1.60),
    "SiF6(2-)": salt("Ca", "Si", "F", OCTAHEDRON, 1.70),
    "CO3(2-)": salt("Li Li", "C", "O", TRIANGLE, 1.29),
    "NO3(1-)": salt("Li", "N", "O", TRIANGLE, 1.26),
    "BO3(3-)": salt("Al", "B", "O", TRIANGLE, 1.38),
    "S2(2-)": salt("Ca", "S", "S", np.array([[1.0, 0, 0]]), 2.1),
    "O2(2-)": salt("Li Li", "O", "O", np.array([[1.0, 0, 0]]), 1.5),
    "O2(1-)": salt("K", "O", "O", np.array([[1.0, 0, 0]]), 1.33),
    "OH(1-)": salt("Li", "O", "H", np.array([[1.0, 0, 0]]), 0.97),
    "N3(1-)": salt("Na", "N", "N", np.array([[1.0, 0, 0], [-1.0, 0, 0]]), 1.18),
    "C2(2-)": salt("Ca", "C", "C", np.array([[1.0, 0, 0]]), 1.25),
}


@pytest.mark.parametrize("ion", SALTS)
def test_the_polyanion_of_a_salt_is_found_with_the_charge_that_balances(ion: str) -> None:
    verdict = validator("fragments").check(SALTS[ion])
    assert verdict.passed
    assert verdict.value == 1
    assert verdict.reason == f"1 {ion}; charges balance"
    assert str(fragments_of(SALTS[ion])[0]) == f"1 {ion}"


def test_rdkit_draws_the_fragment() -> None:
    assert fragments_of(SALTS["PO4(3-)"])[0].smiles == "O=P([O-])([O-])[O-]"


def test_the_wrong_number_of_cations_leaves_the_charges_unbalanced() -> None:
    verdict = validator("fragments").check(salt("Li Li", "P", "O", TETRAHEDRON, 1.55))
    assert verdict.passed is None
    assert "no charges balance" in verdict.reason


def test_a_carbon_atom_with_six_oxygen_atoms_has_no_possible_valence() -> None:
    verdict = validator("fragments").check(salt("Li Li", "C", "O", OCTAHEDRON, 1.45))
    assert verdict.passed is False
    assert "CO6" in verdict.reason


def test_molecules_of_a_molecular_crystal_are_neutral() -> None:
    water = ase_molecule("H2O")
    ice = Crystal.of(5 * np.eye(3), water.positions / 5, water.numbers)
    assert str(fragments_of(ice)[0]) == "1 H2O"
    assert validator("fragments").check(ice).passed


def test_an_infinite_network_is_not_a_molecule() -> None:
    faces = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    diamond = Crystal.of(3.57 * np.eye(3), np.concatenate([faces, faces + 0.25]), [6] * 8)
    assert [m.infinite for m in molecules_of(diamond)] == [True]
    verdict = validator("fragments").check(diamond)
    assert verdict.passed is None
    assert "infinite networks: C" in verdict.reason


def test_a_crystal_of_single_ions_contains_no_molecules() -> None:
    salt_of_ions = Crystal.of(4.2 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [55, 17])
    assert validator("fragments").check(salt_of_ions).passed is None


def test_a_chain_of_phosphate_corners_is_charged_by_counting() -> None:
    # P2O7: two P, one bridge, six ends; ring P4O12: four P, four bridges, eight ends
    p2o7 = Molecule((8,) * 7 + (15,) * 2, tuple((i, 7) for i in range(4)) + tuple((i, 8) for i in range(3, 7)))
    ring = tuple((i, 12 + i) for i in range(4)) + tuple((i, 12 + (i + 1) % 4) for i in range(4))
    p4o12 = Molecule((8,) * 12 + (15,) * 4, ring + tuple((4 + i, 12 + i // 2) for i in range(8)))
    assert -4 in {s.charge for s in charge_states(p2o7) or ()}
    assert -4 in {s.charge for s in charge_states(p4o12) or ()}


CHARGES = {
    "NaCl": True, "Li3PS4": True, "CaTiO3": True, "Li7La3Zr2O12": True, "Li6PS5Cl": True, "Li2CO3": True,
    "LiAl": True, "Fe": True, "NaCl3": False, "LiO3": False, "LiMg3F": False, "AlF5": False, "HeO": False,
}  # fmt: skip


@pytest.mark.parametrize("formula", CHARGES)
def test_charges_balance_in_known_compounds_and_not_in_wrong_ones(formula: str) -> None:
    composition = Composition(formula)
    numbers = [e.Z for e, n in composition.items() for _ in range(int(n))]
    crystal = Crystal.of(20 * np.eye(3), np.random.default_rng(0).random((len(numbers), 3)), numbers)
    assert SmactValidity().check(crystal).passed is CHARGES[formula]
    assert validator("charge").check(crystal).passed is CHARGES[formula]


ELEMENTS = st.sampled_from([z for z in range(1, 95) if chemical_symbols[z] not in ("At", "Fr", "Ra")])


@settings(max_examples=60, deadline=None)
@given(counts=st.dictionaries(ELEMENTS, st.integers(1, 6), min_size=1, max_size=4))
def test_the_answer_is_that_of_smact(counts: dict[int, int]) -> None:
    formula = tuple(sorted((z, n // int(np.gcd.reduce(list(counts.values())))) for z, n in counts.items()))
    composition = Composition({chemical_symbols[z]: n for z, n in formula})
    assert charge_balance(formula)[0] == smact_validity(composition, oxidation_states_set="smact14")


def test_chosen_oxidation_states_are_neutral_even_for_many_elements() -> None:
    formula = tuple((z, 1 + z % 5) for z in (3, 22, 23, 24, 25, 26, 27, 42, 74, 76, 15, 16, 34, 8, 9, 17))
    states = oxidation_states(formula)
    assert states is not None
    assert sum(states[z] * n for z, n in formula) == 0
