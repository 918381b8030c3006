"""Potentials by name, and crystals that they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators.relaxation.potential_energy import energy_per_atom, unphysical
from electrolith.validators.relaxation.potentials import calculator
from electrolith.validators.thermodynamics.corrections import mp2020_correction
from electrolith.validators.thermodynamics.formation_energy import references

Named = Callable[[str], Crystal]
EMT = "ase.calculators.emt:EMT"
COPPER = Crystal.of(3.61 * np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]), [[0, 0, 0]], [29])


def test_any_ase_calculator_is_a_potential_by_the_function_that_makes_it() -> None:
    from ase.build import bulk
    from ase.calculators import emt

    atoms = bulk("Cu", a=3.61)
    atoms.calc = emt.EMT()
    assert energy_per_atom(COPPER, EMT) == pytest.approx(atoms.get_potential_energy())


def test_the_energy_per_atom_does_not_depend_on_the_cell() -> None:
    double = Crystal.of(np.diag([2, 1, 1]) @ COPPER.lattice, [[0, 0, 0], [0.5, 0, 0]], [29, 29])
    assert energy_per_atom(double, EMT) == pytest.approx(energy_per_atom(COPPER, EMT))


def test_a_calculation_uses_one_thread_and_leaves_the_number_of_threads_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch
    from ase.calculators import emt

    from electrolith.validators.relaxation import potentials

    used = []

    class Watched(emt.EMT):
        def calculate(self, *args: object, **options: object) -> None:
            used.append(torch.get_num_threads())
            super().calculate(*args, **options)

    watched = potentials.Potential(Watched, "")
    monkeypatch.setitem(potentials.POTENTIALS, "watched", watched)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        energy_per_atom(COPPER, "watched")
        assert used == [1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_misspelt_potential_gets_a_suggestion() -> None:
    with pytest.raises(UserError, match="Did you mean chgnet"):
        calculator("chgnett")


@pytest.mark.parametrize("name", ["no_such_package:make", "math:no_such_function"])
def test_a_potential_that_is_not_installed_is_an_error_in_one_sentence(name: str) -> None:
    with pytest.raises(UserError, match="is not installed"):
        calculator(name)


def test_a_missing_package_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from electrolith.validators.relaxation import potentials as potential

    def missing() -> None:
        raise ImportError("No module named 'chgnet'")

    broken = {"absent": potential.Potential(missing, potential.INSTALL)}
    monkeypatch.setattr(potential, "POTENTIALS", broken)
    with pytest.raises(UserError, match="pip install"):
        calculator("absent")


@pytest.mark.parametrize(
    "crystal",
    [
        Crystal.of(np.eye(3) * 4, [[0, 0, 0], [np.nan, 0, 0]], [11, 17]),
        Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0.01, 0, 0]], [11, 17]),
        Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0.25, 0, 0]], [11, 17]),
    ],
)
def test_an_unphysical_crystal_has_no_energy(crystal: Crystal) -> None:
    assert unphysical(crystal)
    assert math.isnan(energy_per_atom(crystal, EMT))


def test_a_potential_without_reference_energies_has_no_hull() -> None:
    with pytest.raises(UserError, match=r"on no known scheme .*make_references CRYSTALS ase\.calculators\.emt:EMT"):
        references(EMT)


@pytest.mark.parametrize(
    ("name", "per_formula_unit", "atoms"),
    [
        ("Li2O", -0.687, 3),  # Wang et al., Sci. Rep. 11, 15496, 2021, table 1: oxide
        ("NaCl", -0.614, 2),
        ("ZnS", -0.503, 2),
        ("LiFePO4", 4 * -0.687 - 2.256, 7),  # iron with a U beside oxygen
        ("Cu", 0.0, 1),
    ],
)
def test_corrections_of_raw_energies_are_those_of_the_paper(
    name: str, per_formula_unit: float, atoms: int, crystal_named: Named
) -> None:
    assert mp2020_correction(crystal_named(name)) == pytest.approx(per_formula_unit / atoms, abs=1e-3)
