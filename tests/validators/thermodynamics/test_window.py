"""Electrochemical windows: closed forms, pymatgen as the referee, balanced reactions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.validators import Verdict, validator
from electrolith.validators.thermodynamics.formulas import amounts_of
from electrolith.validators.thermodynamics.phase_diagram import known_compounds

ELECTROLYTES = [
    "Li3PO4",
    "Li3PS4",
    "Li10GeP2S12",
    "Li6PS5Cl",
    "Li7La3Zr2O12",
    "Li1.3Al0.3Ti1.7(PO4)3",
    "Li2S",
    "LiCoO2",
]


def window(formula: str, **options: object) -> Verdict:
    return validator("window", **options).check_composition(Composition(formula))  # type: ignore[attr-defined]


def found(verdict: Verdict) -> dict[str, float | str]:
    return {detail.name: detail.value for detail in verdict.details}


def crystal_at(crystal: Crystal, formation_energy: float) -> Crystal:
    info = {"formation_energy_per_atom": formation_energy}
    return Crystal.of(crystal.lattice, crystal.frac_coords, crystal.atomic_numbers, crystal.name, info)


def side(text: str) -> Composition:
    total = Composition()
    for part in text.split(" + "):
        amount, formula = part.split(" ") if " " in part else ("1", part)
        total += Composition(formula) * float(amount)
    return total


@pytest.mark.parametrize("formula", ["LiF", "LiCl", "LiI"])
def test_a_salt_of_two_elements_gives_up_lithium_at_its_formation_energy_and_is_stable_with_the_metal(
    formula: str,
) -> None:
    composition = Composition(formula)
    system = known_compounds().system(element.Z for element in composition)
    energy = system.known_energy(system.vector(amounts_of(composition)))
    assert energy is not None
    verdict = window(formula)
    assert found(verdict)["oxidation edge"] == pytest.approx(-energy, abs=1e-6)
    assert found(verdict)["reduction edge"] == 0
    assert verdict.value == pytest.approx(-energy, abs=1e-6)


@pytest.mark.parametrize("formula", ELECTROLYTES)
def test_the_edges_are_the_ends_of_the_step_without_exchange_in_pymatgens_profile(formula: str) -> None:
    composition = Composition(formula)
    system = known_compounds().system({3, *(element.Z for element in composition)})
    if formula == "Li7La3Zr2O12":  # stable by less than the noise: its window is that of its neighbours
        without = system.without(system.vector(amounts_of(composition)))
        assert without is not None
        system = without[0]
    elements = [Element.from_Z(int(z)) for z in system.elements]
    compounds = zip(system.counts.T, system.energies, strict=True)
    entries = [PDEntry(Composition(dict(zip(elements, counts, strict=True))), energy) for counts, energy in compounds]
    profile = PhaseDiagram(entries).get_element_profile(Element("Li"), composition)
    still = next(step for step in profile if abs(step["evolution"]) < 1e-4)
    lost = next(step for step in profile if step["evolution"] < -1e-4)
    edges = found(window(formula))
    assert edges["reduction edge"] == pytest.approx(-still["chempot"], abs=1e-4)
    assert edges["oxidation edge"] == pytest.approx(-lost["chempot"], abs=1e-4)


@pytest.mark.parametrize("formula", ELECTROLYTES)
@pytest.mark.parametrize(("edge", "sign"), [("on reduction", 1), ("on oxidation", -1)])
def test_the_reaction_at_an_edge_balances(formula: str, edge: str, sign: int) -> None:
    reaction = found(window(formula))[edge]
    assert isinstance(reaction, str)
    if " → " not in reaction:
        assert reaction == "stable with lithium metal"
        return
    lithium, products = reaction.removeprefix("+ ").removeprefix("- ").split(" → ")
    formula_unit = Composition(formula).reduced_composition
    for element in formula_unit:
        before = formula_unit[element] + sign * side(lithium)[element]
        assert side(products)[element] == pytest.approx(before, rel=0.01, abs=0.02)  # three digits are printed


def test_lithium_phosphate_is_reduced_to_phosphide_and_oxide_and_a_thiophosphate_first_to_phosphorus() -> None:
    assert found(window("Li3PO4"))["on reduction"] == "+ 8 Li → 4 Li2O + Li3P"
    assert found(window("Li3PS4"))["on reduction"] == "+ 5 Li → 4 Li2S + P"


def test_a_window_belongs_to_a_composition_not_to_its_size() -> None:
    assert found(window("Li6P2O8")) == found(window("Li3PO4"))


def test_an_own_energy_below_the_hull_widens_the_window_and_one_above_leaves_that_of_the_phases_in_equilibrium(
    crystal_named: Callable[[str], Crystal],
) -> None:
    oxide = crystal_named("Li2O")
    known = window("Li2O").value
    assert known is not None
    check = validator("window")
    system = known_compounds().system([3, 8])
    own = system.known_energy(np.array([2.0, 1.0]))
    assert own is not None
    lower = check.check(crystal_at(oxide, own / 3 - 0.1))
    assert lower.value == pytest.approx(known + 0.3 / 1.0, abs=1e-6)  # 3 atoms for each Li that goes into Li2O2
    assert check.check(crystal_at(oxide, own / 3 + 0.1)).value == pytest.approx(known, abs=1e-9)


def test_a_compound_without_lithium_has_no_oxidation_edge() -> None:
    verdict = window("Al2O3", oxidation_at_least=9.0)
    assert verdict.passed
    assert verdict.value is None
    assert "oxidation edge" not in found(verdict)


def test_fewer_known_compounds_never_narrow_a_window(tmp_path: Path) -> None:
    rows = ["formula,formation_energy_per_atom"]
    rows += ["Li3PO4,-2.7670", "Li4P2O7,-2.7580", "P2O5,-2.4565"]  # neither Li3P nor Li2O
    table = tmp_path / "mine.csv"
    table.write_text("\n".join(rows))
    few, all_known = found(window("Li3PO4", entries=str(table))), found(window("Li3PO4"))
    assert float(few["reduction edge"]) < float(all_known["reduction edge"])
    assert float(few["oxidation edge"]) >= float(all_known["oxidation edge"]) - 0.01


def test_the_limits_hold_for_the_edges() -> None:
    assert window("LiF", reduction_at_most=0.1, oxidation_at_least=4.5).passed
    low = window("Li3PS4", reduction_at_most=0.1, oxidation_at_least=4.5)
    assert low.passed is False
    assert "reduced above 0.1 V and oxidised below 4.5 V" in low.reason


def test_an_upper_limit_below_the_lower_one_is_refused() -> None:
    with pytest.raises(UserError, match="is not below its start"):
        validator("window", reduction_at_most=4.0, oxidation_at_least=2.0)


@pytest.mark.parametrize("element", [element for element in Element if element.Z <= 94])
def test_every_pure_element_has_a_window_or_no_known_compounds(element: Element) -> None:
    verdict = window(element.symbol)
    assert not verdict.reason.startswith("could not be checked"), verdict.reason
    assert found(verdict)["reduction edge"] >= 0 if verdict.details else "no known compounds of" in verdict.reason


def test_an_element_without_known_compounds_is_unknown() -> None:
    verdict = window("LiFm")
    assert verdict.passed is None
    assert verdict.reason == "no known compounds of Fm"


SALTS = [("NaCl", "Na"), ("KCl", "K"), ("MgCl2", "Mg"), ("CaF2", "Ca"), ("ZnF2", "Zn")]


@pytest.mark.parametrize(("formula", "ion"), SALTS)
def test_potentials_are_energies_per_charge_of_the_mobile_ion(formula: str, ion: str) -> None:
    composition = Composition(formula)
    system = known_compounds().system(element.Z for element in composition)
    energy = system.known_energy(system.vector(amounts_of(composition)))
    assert energy is not None
    edges = found(window(formula, mobile_ion=ion))
    charges = {"Na": 1, "K": 1, "Mg": 2, "Ca": 2, "Zn": 2}[ion]
    assert edges["oxidation edge"] == pytest.approx(-energy / charges, abs=1e-6)
    assert edges["reduction edge"] == 0


def test_beside_the_metal_products_are_those_in_equilibrium_with_it() -> None:
    reaction = str(found(window("Li10GeP2S12"))["beside lithium metal"])
    assert "Li15Ge4" in reaction
    assert "Li3P" in reaction
    assert "Ge " not in f"{reaction.replace('Li15Ge4', '')} "
    assert found(window("LiF"))["beside lithium metal"] == "stable with lithium metal"
    lithium, products = reaction.removeprefix("+ ").split(" → ")
    assert side(products)["Li"] == pytest.approx(10 + side(lithium)["Li"], rel=0.01)


def test_the_energy_of_a_relaxation_counts_if_it_is_asked_for(crystal_named: Callable[[str], Crystal]) -> None:
    oxide = crystal_named("Li2O")
    low = -6.0  # eV/atom of CHGNet, far below any oxide
    relaxed = Crystal.of(
        oxide.lattice, oxide.frac_coords, oxide.atomic_numbers, "Li2O", {"energy_per_atom": low, "potential": "chgnet"}
    )
    known = window("Li2O").value
    assert validator("window").check(relaxed).value == pytest.approx(known)
    assert (validator("window", relaxed_with="chgnet").check(relaxed).value or 0) > (known or 0)
    with pytest.raises(UserError):
        validator("window", relaxed_with="nonsense")
