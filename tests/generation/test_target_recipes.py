"""Recipes of targets: each use has one, with the compositions of its recipe of checks and cells as large as garnets."""

from __future__ import annotations

from pathlib import Path

import pytest

from electrolith.gen.cell_limits import MAX_ATOMS
from electrolith.gen.errors import UserError
from electrolith.gen.weight_folders import DEFAULT_FOLDER
from electrolith.generation.settings_loader import load_settings
from electrolith.generation.target_recipes import fitted_size, most_atoms_in, read_recipe, shipped_recipes
from electrolith.recipes import recipe_reader

GARNET = 96  # atoms in the primitive cell of Li7La3Zr2O12


def test_every_recipe_of_checks_has_one_of_targets_under_the_same_names() -> None:
    for name in (*recipe_reader.shipped_recipes(), *recipe_reader.ALIASES):
        use = recipe_reader.ALIASES.get(name, name)
        assert read_recipe(name).values["compositions"] == use


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_is_read_and_can_be_met(name: str) -> None:
    one = load_settings({"n": 3}, recipe=name)
    assert 3 in one.targets.constraints().required
    assert set(one.targets.as_mapping()) >= {"energy_above_hull", "band_gap", "max_atoms"}
    assert recipe_reader.find_recipe(one.options.compositions).steps


def test_a_recipe_allows_garnets_where_the_weights_do() -> None:
    assert read_recipe("electrolyte").values["targets"]["max_atoms"] == GARNET
    known = most_atoms_in(DEFAULT_FOLDER)
    assert load_settings({"n": 3}, recipe="electrolyte").targets.constraints().max_atoms == min(GARNET, known)


def test_the_size_that_a_user_asks_for_replaces_that_of_the_recipe() -> None:
    small = load_settings({"n": 3, "targets": {"max_atoms": 12}}, recipe="electrolyte")
    assert small.targets.constraints().max_atoms == 12
    exact = load_settings({"n": 3, "targets": {"n_atoms": "100..120"}}, recipe="electrolyte")
    assert (exact.targets.constraints().min_atoms, exact.targets.constraints().max_atoms) == (100, 120)
    assert (
        "max_atoms"
        not in load_settings({"n": 3, "targets": {"formula": "Li3PS4"}}, recipe="anolyte").targets.as_mapping()
    )


def test_a_recipe_without_a_limit_of_atoms_stays_as_it_is() -> None:
    for recipe in ({}, {"targets": {"elements": "Li"}}, {"targets": None}, {"targets": {"max_atoms": "many"}}):
        assert fitted_size(recipe, [{}], "default") is recipe


def test_weights_that_cannot_be_read_lower_no_limit(tmp_path: Path) -> None:
    assert most_atoms_in(tmp_path) == MAX_ATOMS
    (tmp_path / "skeleton.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0[]")
    assert most_atoms_in(tmp_path) == MAX_ATOMS


def test_the_compositions_of_a_recipe_can_be_switched_off_and_exchanged() -> None:
    assert load_settings({"n": 3, "compositions": "off"}, recipe="electrolyte").options.compositions == ""
    assert load_settings({"n": 3, "compositions": "anolyte"}, recipe="electrolyte").options.compositions == "anolyte"
    assert load_settings({"n": 3}).options.compositions == ""


def test_a_recipe_of_checks_is_refused_with_the_option_that_takes_it() -> None:
    path = Path(recipe_reader.__file__).parents[1] / "configs" / "catholyte.yaml"
    with pytest.raises(UserError, match=r"a recipe of `electrolith screen`.*`compositions: .*catholyte.yaml`"):
        read_recipe(str(path))
