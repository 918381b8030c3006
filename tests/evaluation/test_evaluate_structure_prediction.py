"""Predicted structures are matched to the true ones by name or formula, and their distance is a distance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders import write_cifs

from electrolith.evaluation import evaluate_prediction
from electrolith.evaluation.evaluate_structure_prediction import match_distance, predictions_by_truth, try_distances
from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.read_crystals import Unreadable

Named = Callable[[str], Crystal]


def displaced(crystal: Crystal, size: float, seed: int) -> Crystal:
    """The crystal with its atoms moved at random by about ``size`` Å."""
    moves = size * np.random.default_rng(seed).normal(size=(len(crystal), 3)) @ np.linalg.inv(crystal.lattice)
    return Crystal.of(crystal.lattice, crystal.frac_coords + moves, crystal.atomic_numbers)


def test_predictions_are_matched_by_name_and_the_best_try_counts(tmp_path: Path, crystal_named: Named) -> None:
    truth = write_cifs(tmp_path / "truth", one=crystal_named("NaCl"), two=crystal_named("quartz"))
    salt = crystal_named("NaCl")
    caesium_chloride = Crystal.of(np.eye(3) * 3.5, [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 17])
    predicted = write_cifs(
        tmp_path / "predicted", **{"one-1": caesium_chloride, "one-2": salt, "two_1": crystal_named("quartz")}
    )
    evaluation = evaluate_prediction(predicted, truth, tries=2)
    assert evaluation["match_rate_1"].value == 0.5
    assert evaluation["match_rate_2"].value == 1.0
    assert evaluation["rmse_2"].value == pytest.approx(0.0, abs=1e-6)


def test_predictions_without_names_are_matched_by_formula(tmp_path: Path, crystal_named: Named) -> None:
    truth = write_cifs(tmp_path / "truth", one=crystal_named("NaCl"), two=crystal_named("quartz"))
    evaluation = evaluate_prediction(write_cifs(tmp_path / "predicted", x=crystal_named("quartz")), truth)
    assert evaluation["match_rate_1"].value == 0.5
    assert evaluation["match_rate_1"].n == 2


def test_true_structures_of_one_name_are_counted_one_by_one(crystal_named: Named) -> None:
    salt, quartz, titania = (replace(crystal_named(name), name="x") for name in ("NaCl", "quartz", "TiO2"))
    broken = Unreadable("x-3", "no cell")
    grouped = predictions_by_truth(
        [replace(quartz, name="x-1"), replace(salt, name="x-2"), broken], [salt, quartz, titania]
    )
    assert [[one.name for one in group] for group in grouped] == [["x-2", "x-3"], ["x-1", "x-3"], ["x-3"]]


def test_true_structures_of_one_name_are_all_in_the_denominator(tmp_path: Path, crystal_named: Named) -> None:
    folder = write_cifs(tmp_path / "cifs", a=crystal_named("NaCl"), b=crystal_named("quartz"))
    texts = [(folder / f"{name}.cif").read_text().replace('"', '""') for name in "ab"]
    (tmp_path / "truth.csv").write_text("id,cif\n" + "".join(f'x,"{text}"\n' for text in texts))
    predicted = write_cifs(tmp_path / "predicted", x=crystal_named("quartz"))
    measure = evaluate_prediction(predicted, tmp_path / "truth.csv")["match_rate_1"]
    assert (measure.value, measure.n) == (0.5, 2)


def test_an_unreadable_prediction_is_a_try_without_a_match(crystal_named: Named) -> None:
    salt = replace(crystal_named("NaCl"), name="x")
    (tries,) = predictions_by_truth([Unreadable("x-1", "no cell"), replace(salt, name="x-2")], [salt])
    found = try_distances(salt, tries, 2)
    assert found[0] is None
    assert found[1] == pytest.approx(0, abs=1e-6)


def test_the_distance_is_in_units_of_the_cube_root_of_the_volume_per_atom(crystal_named: Named) -> None:
    true = crystal_named("Li3N")
    moved = true.frac_coords.copy()
    moved[0, 2] += 0.05
    predicted = Crystal.of(true.lattice, moved, true.atomic_numbers)
    n = len(true)
    shift = 0.05 * np.linalg.norm(true.lattice[2])
    expected = shift * np.sqrt((n - 1) / n**2) / (true.volume / n) ** (1 / 3)  # the mean shift taken out
    assert match_distance(predicted, true) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["Li3N", "CaTiO3", "quartz"])
def test_the_distance_is_symmetric_and_zero_of_a_crystal_to_itself(name: str, crystal_named: Named) -> None:
    true = crystal_named(name)
    moved = displaced(true, 0.05, seed=1)
    there, back = match_distance(moved, true), match_distance(true, moved)
    assert there is not None
    assert there > 0.001
    assert back == pytest.approx(there, rel=1e-3)
    assert match_distance(true, true) == pytest.approx(0.0, abs=1e-6)


def test_the_distance_does_not_change_with_scale_and_origin(crystal_named: Named) -> None:
    true = crystal_named("CaTiO3")
    moved = displaced(true, 0.05, seed=2)
    same = Crystal.of(1.07 * moved.lattice, moved.frac_coords + np.array([0.2, 0.3, 0.9]), moved.atomic_numbers)
    assert match_distance(same, true) == pytest.approx(match_distance(moved, true), rel=1e-3)


def test_other_compounds_and_other_structures_do_not_match(crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    caesium_chloride = Crystal.of(np.eye(3) * 3.5, [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 17])
    assert match_distance(crystal_named("quartz"), salt) is None
    assert match_distance(caesium_chloride, salt) is None
