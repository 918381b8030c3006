"""Predictions depend on one crystal alone, obey the laws of elasticity, and give a reason where there are none."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading.read_crystals import Unreadable
from electrolith.prediction.elastic_constants import elastic_constants
from electrolith.prediction.prediction import Predicted, Value, predict, units
from electrolith.prediction.prediction_table import print_predictions, unit_in_name, write_predictions
from electrolith.prediction.property_list import print_properties
from electrolith.validators.transport.conductivity import Conductivity

Named = Callable[[str], Crystal]
NAMES = ("NaCl", "Li6PS5Cl", "Cu")


@pytest.fixture(scope="module")
def predictions(crystal_named: Named) -> dict[str, Predicted]:
    crystals = [crystal_named(name) for name in NAMES]
    return dict(zip(NAMES, predict(crystals), strict=True))


def test_a_prediction_does_not_depend_on_the_other_crystals(
    crystal_named: Named, predictions: dict[str, Predicted]
) -> None:
    (alone,) = predict([crystal_named("Cu")])
    for name, value in alone.values.items():
        assert value.value == pytest.approx(predictions["Cu"].values[name].value, rel=1e-3, abs=1e-3), name


def test_barriers_and_conductivity_are_predicted_with_lithium_only(predictions: dict[str, Predicted]) -> None:
    of_lithium = {"li_barrier", "li_barrier_1d", "li_barrier_2d", "ionic_conductivity"}
    assert of_lithium <= predictions["Li6PS5Cl"].values.keys()
    assert not of_lithium & predictions["NaCl"].values.keys()


def test_young_and_poisson_give_the_moduli_back(predictions: dict[str, Predicted]) -> None:
    """K = E / (3 (1 - 2ν)), G = E / (2 (1 + ν))."""
    values = {name: v.value for name, v in predictions["NaCl"].values.items()}
    young, poisson = values["youngs_modulus"], values["poisson_ratio"]
    assert young / (3 * (1 - 2 * poisson)) == pytest.approx(values["bulk_modulus"])
    assert young / (2 * (1 + poisson)) == pytest.approx(values["shear_modulus"])
    assert values["pugh_ratio"] == pytest.approx(values["bulk_modulus"] / values["shear_modulus"])


@pytest.mark.parametrize("name", ["youngs_modulus", "poisson_ratio", "pugh_ratio"])
def test_spreads_of_elastic_constants_are_propagated_to_first_order(name: str) -> None:
    """Against the scatter of 100,000 draws of K and G with small, independent errors."""
    bulk, shear, spread = 90.0, 40.0, 0.002
    draws = np.random.default_rng(0).normal(scale=spread, size=(2, 100_000))
    k, g = bulk * 10 ** draws[0], shear * 10 ** draws[1]
    scatter = {
        "youngs_modulus": (9 * k * g / (3 * k + g)).std(),
        "poisson_ratio": ((3 * k - 2 * g) / (6 * k + 2 * g)).std(),
        "pugh_ratio": (k / g).std(),
    }
    elastic = elastic_constants({"bulk_modulus": Value(bulk, spread), "shear_modulus": Value(shear, spread)})
    assert elastic[name].spread == pytest.approx(scatter[name], rel=0.02)


def test_the_conductivity_is_that_of_the_check_and_has_its_doubt(
    crystal_named: Named, predictions: dict[str, Predicted]
) -> None:
    verdict = Conductivity().check(crystal_named("Li6PS5Cl"))
    assert verdict.value is not None
    value = predictions["Li6PS5Cl"].values["ionic_conductivity"]
    assert math.log10(value.value) == pytest.approx(verdict.value)
    assert value.doubt == verdict.doubt


def test_entries_without_a_prediction_have_a_reason(crystal_named: Named) -> None:
    empty = Crystal.of(np.eye(3), np.zeros((0, 3)), [])
    bad, nothing, salt = predict([Unreadable("bad", "not a CIF"), empty, crystal_named("NaCl")])
    assert (bad.id, bad.reason, bad.values) == ("bad", "not a CIF", {})
    assert nothing.reason == "it has no atoms"
    assert salt.values
    assert salt.reason == ""


def test_the_table_has_a_row_per_crystal_and_the_units_in_its_columns(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "new" / "predictions.csv"
    read = replace(crystal_named("NaCl"), source="a.zip:NaCl.cif")
    write_predictions([read, Unreadable("bad", "not a CIF", "t.csv, row 7")], path)
    with path.open(encoding="utf-8", newline="") as file:
        salt, bad = csv.DictReader(file)
    assert float(salt["bulk_modulus_GPa"]) > 0
    assert bad["reason"] == "not a CIF"
    assert (salt["source"], bad["source"], [*salt][-1]) == ("a.zip:NaCl.cif", "t.csv, row 7", "source")
    assert {f"{name}_{unit_in_name(unit)}".rstrip("_") for name, unit in units().items()} <= salt.keys()
    with pytest.raises(UserError, match="is a folder"):
        write_predictions([], tmp_path)


def test_the_summary_counts_what_was_predicted(
    tmp_path: Path, crystal_named: Named, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [crystal_named("NaCl"), Unreadable("bad", "not a CIF")]
    write_predictions(entries, tmp_path / "p.csv")
    assert "1 of 2 entries predicted; 1 has no prediction: see column reason" in capsys.readouterr().out
    print_predictions(entries)
    assert "1 of 2 entries predicted; 1 has no prediction: see column remark" in capsys.readouterr().out


def test_where_nothing_is_predicted_the_table_is_written_and_the_user_is_told(tmp_path: Path) -> None:
    entries = [Unreadable("bad", "not a CIF"), Unreadable("worse", "nor this")]
    with pytest.raises(UserError, match=r"none of the 2 entries can be predicted, e\.g\. bad: not a CIF\."):
        write_predictions(entries, tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text(encoding="utf-8").count("\n") == 3
    with pytest.raises(UserError, match="the only entry cannot be predicted"):
        print_predictions(entries[:1])


def test_the_list_of_properties_is_strict_json_with_a_unit_each(capsys: pytest.CaptureFixture[str]) -> None:
    print_properties(as_json=True)
    listed = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert {p["name"]: p["unit"] for p in listed}.items() <= units().items()
