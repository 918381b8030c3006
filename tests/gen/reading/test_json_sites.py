"""Disordered structures of pymatgen in JSON are read as disordered crystals, like those of CIFs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pymatgen.core import Lattice, Structure

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals
from electrolith.screening import screen

ROCK_SALT = Lattice.cubic(5.6)
RECIPE = {"name": "price", "checks": [{"check": "cost", "at_most": None}]}


def written(folder: Path, structure: Structure | dict[str, Any]) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps(structure if isinstance(structure, dict) else structure.as_dict()))
    return path


def mixed(*metals: dict[str, float]) -> Structure:
    coords = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]][: len(metals)]
    return Structure(ROCK_SALT, [*metals, "Cl"], [*coords, [0.5, 0.5, 0.5]])


def read(path: Path) -> Crystal | Unreadable:
    (found,) = read_crystals(path)
    return found


def test_json_and_cif_of_a_disordered_crystal_give_the_same_crystal(tmp_path: Path) -> None:
    structure = mixed({"Na": 0.7, "K": 0.3}, {"Li": 0.25})
    structure.to(str(tmp_path / "a.cif"))
    crystals = [read(path) for path in (tmp_path / "a.cif", written(tmp_path, structure))]
    one, two = (crystal.disordered for crystal in crystals if isinstance(crystal, Unreadable))
    assert one is not None
    assert two is not None
    assert one.counts == pytest.approx(two.counts)
    assert one.is_mixed.sum() == two.is_mixed.sum() == 2
    assert one.formula == two.formula


def test_a_disordered_json_goes_through_checks_of_its_composition(tmp_path: Path) -> None:
    (one,) = screen(written(tmp_path, mixed({"Na": 0.7, "K": 0.3})), RECIPE)
    assert one.passed
    assert one.formula == "K0.3Na0.7Cl"


def test_one_element_with_two_charges_that_fills_its_site_is_ordered(tmp_path: Path) -> None:
    found = read(written(tmp_path, mixed({"Fe2+": 0.5, "Fe3+": 0.5})))
    assert isinstance(found, Crystal)
    assert found.formula == "FeCl"


def test_the_occupancy_among_the_properties_of_a_site_counts(tmp_path: Path) -> None:
    content = mixed({"Na": 1.0}).as_dict()
    content["sites"][0]["properties"] = {"occupancy": 0.5}
    found = read(written(tmp_path, content))
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    assert found.disordered.counts == {11: 0.5, 17: 1.0}


@pytest.mark.parametrize(
    ("species", "says"),
    [
        ([("Na", 0.9), ("K", 0.3)], "the occupancies of a site sum to 1.2, above 1.05"),
        ([("Na", -0.1), ("K", 1.0)], "an occupancy is -0.1"),
        ([("Na", float("nan"))], "an occupancy is nan"),
        ([("Na", 0.0)], "a site has the occupancy 0"),
        ([("Na", 0.5), ("Xx", 0.5)], "'Xx' is not a chemical element"),
    ],
)
def test_a_site_that_no_crystal_has_is_a_reason(tmp_path: Path, species: list[tuple[str, float]], says: str) -> None:
    content = mixed({"Na": 1.0}).as_dict()
    content["sites"][0]["species"] = [{"element": element, "occu": occupancy} for element, occupancy in species]
    found = read(written(tmp_path, content))
    assert isinstance(found, Unreadable)
    assert found.disordered is None
    assert says in found.reason


def test_shares_slightly_above_one_are_scaled_with_a_remark(tmp_path: Path) -> None:
    content = mixed({"Na": 1.0}).as_dict()
    content["sites"][0]["species"] = [{"element": "Na", "occu": 0.51}, {"element": "K", "occu": 0.51}]
    found = read(written(tmp_path, content))
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    assert found.disordered.counts == pytest.approx({11: 0.5, 19: 0.5, 17: 1.0})
    assert "1.02" in found.disordered.remarks[0]
