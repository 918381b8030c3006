"""Mixtures of known compounds: the hull itself, decomposition, a custom table."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from paths import TESTS
from pymatgen.core import Composition

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.chemical_system import NoCompounds
from electrolith.gen.data.convex_hull import hull_energy
from electrolith.gen.data.known_compounds import hull_entries
from electrolith.gen.errors import UserError
from electrolith.validators import validator
from electrolith.validators.thermodynamics.compounds import read_compounds
from electrolith.validators.thermodynamics.formulas import amounts_of
from electrolith.validators.thermodynamics.phase_diagram import decomposition


@pytest.mark.parametrize("formula", ["LiF", "Li10GeP2S12", "Li7La3Zr2O12", "LiNi0.8Mn0.1Co0.1O2", "LiCuSeBr"])
def test_the_best_mixture_lies_on_the_hull(formula: str) -> None:
    composition = Composition(formula)
    system = hull_entries().system(element.Z for element in composition)
    amounts = system.vector(amounts_of(composition))
    energy, units = system.mixture(amounts)
    assert energy / amounts.sum() == pytest.approx(hull_energy({e.Z: n for e, n in composition.items()}), abs=1e-6)
    assert system.counts @ units == pytest.approx(amounts, abs=1e-6)


def test_a_stable_compound_decomposes_into_itself_and_a_metastable_one_into_others() -> None:
    assert decomposition(Composition("Li3PO4")) == (0.0, "Li3PO4")
    height, products = decomposition(Composition("Li10GeP2S12"))
    assert height is not None
    assert 0 < height < 0.05
    assert products == "2 Li3PS4 + Li4GeS4"


def test_the_height_above_the_hull_grows_with_the_own_energy_and_the_products_stay() -> None:
    low, products = decomposition(Composition("Li20Ge2P4S24"), -1.2)
    high, same = decomposition(Composition("Li10GeP2S12"), -1.1)
    assert low is not None
    assert high == pytest.approx(low + 0.1)
    assert products == same


def test_without_a_known_energy_the_height_is_unknown_and_the_products_are_reported() -> None:
    verdict = validator("decomposition").check_composition(Composition("Li3YCl6"))  # type: ignore[attr-defined]
    assert verdict.passed is None
    assert verdict.details[0].value == "3 LiCl + YCl3"


def test_the_formation_energy_of_the_input_file_is_used(crystal_named: Callable[[str], Crystal]) -> None:
    bare = crystal_named("Li3PO4")
    brought = {"formation_energy_per_atom": -2.6}
    with_energy = Crystal.of(bare.lattice, bare.frac_coords, bare.atomic_numbers, "Li3PO4", brought)
    check = validator("decomposition", at_most=0.1)
    assert check.check(bare).passed is True
    assert check.check(with_energy).passed is False
    assert check.check(with_energy).value == pytest.approx(decomposition(bare.composition, -2.6)[0])


def test_an_element_without_compounds_is_named() -> None:
    with pytest.raises(NoCompounds, match="no known compounds of Fm"):
        decomposition(Composition("LiFm"))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_custom_table_replaces_the_shipped_one(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"mine.{ending}"
    table = pd.DataFrame({"formula": ["Li2O", "Li1.0O1.0"], "formation_energy_per_atom": [-2.0, -1.0]})
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    assert decomposition(Composition("Li2O2"), table=str(path)) == (pytest.approx(0.5), "Li2O + 0.5 O2")
    with pytest.raises(NoCompounds):
        decomposition(Composition("LiF"), table=str(path))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("formula,energy\nLi2O,-2", "no column `formation_energy_per_atom`"),
        ("formula,formation_energy_per_atom\nLithium!,-2", "is not a formula"),
        ("formula,formation_energy_per_atom\nLi2O,nan", "is not a number"),
        ("", "no column `formula`.*: none"),
    ],
)
def test_an_unusable_table_is_refused_with_the_reason(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=fault):
        validator("window", entries=str(path))


def test_a_missing_table_is_refused() -> None:
    with pytest.raises(UserError, match="no file"):
        validator("decomposition", entries="nowhere.csv")


def test_a_limit_below_the_hull_is_refused() -> None:
    with pytest.raises(UserError, match="below the hull"):
        validator("decomposition", at_most=-0.1)


def test_nan_in_a_table_of_compounds_is_sodium_nitride() -> None:
    found = read_compounds(TESTS / "cases" / "hull.csv")
    pairs = [tuple(found.element[a:b]) for a, b in itertools.pairwise(found.start)]
    assert pairs.count((7, 11)) == 2
    assert found.energy[:4].tolist() == [-0.1, -0.05, -0.4, 0.2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("formula;formation_energy_per_atom\nLiF;-3\n", ""),
        ("formula,energy\nLiF,-3\n", "no column `formation_energy_per_atom`.*separated by a comma: formula, energy"),
        ("formula,formation_energy_per_atom\nLiX,-3\n", "'LiX' is not a formula.*Did you mean Xe"),
        ("formula,formation_energy_per_atom\n,-3\n", "'' is not a formula"),
        ("formula,formation_energy_per_atom\nLi1e400F,-3\n", "is not a formula"),
        ("formula,formation_energy_per_atom\nLiF,low\n", "energy of LiF is not a number"),
        ("formula,formation_energy_per_atom\nLiF\n", "row 1 .* too few columns"),
    ],
)
def test_a_table_of_compounds_is_read_or_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "hull.csv"
    path.write_text(text)
    if not says:
        assert -3 in read_compounds(path).energy
        return
    with pytest.raises(UserError, match=says):
        read_compounds(path)
