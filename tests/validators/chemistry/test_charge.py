"""Laws of oxidation states: known compounds pass, impossible ions and odd numbers of electrons do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from electrolith.gen.crystal import Crystal
from electrolith.validators import Verdict, validator
from electrolith.validators.chemistry.charge_assignment import assigned
from electrolith.validators.chemistry.ion_states import ion_states
from electrolith.validators.chemistry.ionic_formula import is_allowed, may_balance

Named = Callable[[str], Crystal]
CONDUCTORS = [
    "Li3PS4",
    "Li6PS5Cl",
    "Li7P3S11",
    "Li7La3Zr2O12",
    "Li1.3Al0.3Ti1.7(PO4)3",
    "Li10GeP2S12",
    "Li3YCl6",
    "Li3InCl6",
    "Li3ErCl6",
    "Li2ZrCl6",
    "Li3OCl",
    "Li3N",
    "Li3P",
    "LiBH4",
    "Li14Zn(GeO4)4",
    "Li4SnS4",
    "Li0.33La0.56TiO3",
    "LiNbO3",
    "LiH2PO4",
    "LiBa(B3O5)3",
    "Li6.4La3Zr1.4Ta0.6O12",
]


def formula_of(text: str) -> tuple[tuple[int, int], ...]:
    composition = Composition(text).reduced_composition
    return tuple(sorted((element.Z, round(amount)) for element, amount in composition.items()))


def verdict_on(text: str, **options: bool) -> Verdict:
    return validator("charge", **options).check_composition(Composition(text))  # type: ignore[attr-defined]


@pytest.mark.parametrize("formula", CONDUCTORS)
def test_conductors_and_coatings_balance_without_redox_active_ions(formula: str) -> None:
    assert verdict_on(formula, redox_active=False, like_bonds=False).passed


@pytest.mark.parametrize("formula", ["LiOP", "LiTaS", "Li2AlS2", "LiGeO2", "NaCl3", "LiO3", "Li2AlO"])
def test_negative_metals_and_single_electrons_are_refused(formula: str) -> None:
    assert verdict_on(formula).passed is False
    assert not may_balance(formula_of(formula))


@pytest.mark.parametrize("formula", ["LiCuS2", "Li3CuS3", "LiAgS2", "Li3AgS3"])
def test_copper_and_silver_in_sulfides_are_single_charged_so_that_sulfur_needs_bonds(formula: str) -> None:
    verdict = verdict_on(formula)
    assert verdict.passed is None
    assert "+1 " in str(verdict.details[0].value)
    assert "bonds between like atoms" in verdict.reason
    assert verdict_on(formula, like_bonds=False).passed is False


def test_open_d_shells_are_reported_and_can_be_refused() -> None:
    assert verdict_on("LiFePO4").details[1].value == "Fe+2"
    assert "redox-active ions: Fe+2" in verdict_on("LiFePO4", redox_active=False).reason
    assert verdict_on("LiTi2(PO4)3").details[1].value == "none"
    assert verdict_on("Li3ErCl6", redox_active=False).passed
    assert verdict_on("EuCl2").details[1].value == "Eu+2"


def test_a_bond_between_sulfur_atoms_decides(crystal_named: Named) -> None:
    salt = crystal_named("NaCl").lattice
    far = Crystal.of(salt, [[0, 0, 0], [0.5, 0, 0], [0.5, 0.5, 0.5]], [19, 19, 16])
    assert validator("charge").check(far).passed
    bonded, apart = (
        Crystal.of(8 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, z / 8]], [20, 16, 16]) for z in (2.1, 4.0)
    )
    assert validator("charge").check(bonded).passed
    assert "and there are none" in validator("charge").check(apart).reason


def test_an_odd_number_of_electrons_in_the_primitive_cell_is_no_insulator() -> None:
    # In2+ is a mixture of In+ and In3+: one formula unit holds an odd number of electrons, two hold an even one
    cube = 6 * np.eye(3)
    one = Crystal.of(cube, [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]], [49, 17, 17])
    assert "83 electrons in the primitive cell" in validator("charge").check(one).reason
    doubled = Crystal.from_structure(one.structure * [2, 1, 1])
    assert validator("charge").check(doubled).passed is False
    moved = doubled.frac_coords.copy()
    moved[0] += 0.02
    assert validator("charge").check(Crystal.of(doubled.lattice, moved, doubled.atomic_numbers)).passed


COUNTS = st.dictionaries(st.sampled_from(sorted(ion_states())), st.integers(1, 6), min_size=2, max_size=4)


@settings(max_examples=200, deadline=None)
@given(COUNTS)
def test_an_assignment_is_neutral_and_closed_shells_hold_an_even_number_of_electrons(counts: dict[int, int]) -> None:
    formula = tuple(sorted(counts.items()))
    found = assigned(formula)
    if found is not None:
        assert sum(found.states[z] * n for z, n in formula) == pytest.approx(0, abs=1e-9)
        assert max(found.states.values()) > 0 > min(found.states.values())
    if is_allowed(formula):
        assert sum(z * n for z, n in formula) % 2 == 0 or any(57 <= z <= 71 for z in counts)
        assert found is not None
        assert not found.leaves_half_filled(formula)
        assert not found.redox_active
