"""Tabulated compounds with more anions than their cations can charge: measured enthalpies, and what stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pymatgen.analysis import compatibility
from pymatgen.core import Composition

from electrolith.gen.data.known_compounds import HullEntries, hull_entries
from electrolith.validators import Window
from electrolith.validators.thermodynamics.phase_diagram import known_compounds
from electrolith.validators.thermodynamics.rounded_formulas import neutral
from electrolith.validators.thermodynamics.weighed_compounds import CORRECTIONS

KJ = 96.485  # kJ/mol in an eV


def energy(entries: HullEntries, formula: str) -> float | None:
    """Tabulated formation energy, eV/atom."""
    composition = Composition(formula)
    system = entries.system(element.Z for element in composition)
    amounts = system.vector({element.Z: amount for element, amount in composition.items()})
    known = system.known_energy(amounts)
    return None if known is None else known / amounts.sum()


@pytest.mark.parametrize(("formula", "measured"), [("Na2S4", -411.7), ("LiN3", 10.8), ("NaN3", 21.7), ("FeS2", -178.2)])
def test_a_compound_poor_in_charge_comes_nearer_to_its_measured_enthalpy(formula: str, measured: float) -> None:
    per_atom = measured / KJ / Composition(formula).num_atoms
    before, after = energy(hull_entries(), formula), energy(known_compounds(), formula)
    assert before is not None
    assert after is not None
    assert abs(after - per_atom) < 0.7 * abs(before - per_atom)


@pytest.mark.parametrize("formula", ["LiO8", "LiS4", "S8O", "Mg149Br"])
def test_an_element_with_an_impurity_is_no_salt(formula: str) -> None:
    assert energy(hull_entries(), formula) is not None
    assert energy(known_compounds(), formula) is None


@pytest.mark.parametrize("formula", ["Li2S", "LiF", "Li2O2", "KO2", "KO3", "Cs7O", "Li6PS5Cl", "Li3N", "NH3", "CuS"])
def test_salts_keep_their_energies(formula: str) -> None:
    assert energy(known_compounds(), formula) == pytest.approx(energy(hull_entries(), formula), abs=1e-9)


def test_sulfur_not_an_invented_polysulfide_ends_the_windows_of_sulfides() -> None:
    for formula in ("Li2S", "Li3PS4", "Li10GeP2S12", "Li6PS5Cl"):
        details = {d.name: d.value for d in Window().check_composition(Composition(formula)).details}
        products = str(details["on oxidation"]).partition("→")[2].split()
        assert "S" in products
        assert "LiS4" not in products


def test_the_rounding_of_a_formula_is_no_charge() -> None:
    rounded, exact = (Window().check_composition(Composition(f)) for f in ("Li0.33La0.56TiO3", "Li0.32La0.56TiO3"))
    assert rounded.value == pytest.approx(exact.value, abs=1e-6)
    assert (rounded.value or 0) > 1
    for formula in ("Li7La3Zr2O12", "LiNi0.8Mn0.1Co0.1O2", "Li0.9CoO2", "Na0.33La0.56TiO3"):
        assert neutral(Composition(formula)) == Composition(formula)


def test_the_corrections_are_those_of_the_materials_project() -> None:
    folder = Path(compatibility.__file__).parent
    with (folder / "MP2020Compatibility.yaml").open(encoding="utf-8") as stream:
        published = yaml.safe_load(stream)["Corrections"]["CompositionCorrections"]
    assert {name: published[name] for name in CORRECTIONS} == CORRECTIONS
