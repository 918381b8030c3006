"""The measures of an evaluation are what their names say, on sets made so that everything is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pymatgen.io.cif import CifWriter

from electrolith.evaluation import evaluate, evaluate_prediction
from electrolith.evaluation.metric import mean, median, share
from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import build
from electrolith.gen.errors import UserError

Named = Callable[[str], Crystal]
CLASH = Crystal.of(np.eye(3) * 5, [[0, 0, 0], [0.05, 0, 0]], [11, 17], "clash")


def write(folder: Path, **crystals: Crystal) -> Path:
    folder.mkdir(exist_ok=True)
    for name, crystal in crystals.items():
        (folder / f"{name}.cif").write_text(str(CifWriter(crystal.structure)))
    return folder


@pytest.fixture
def reference(tmp_path: Path, crystal_named: Named) -> Path:
    """A reference set of rock salt and quartz."""
    build([crystal_named("NaCl"), crystal_named("quartz")]).dataset.save(tmp_path / "known.npz")
    return tmp_path / "known.npz"


def test_shares_are_counted_right(tmp_path: Path, reference: Path, crystal_named: Named) -> None:
    salt = crystal_named("NaCl")
    swollen = Crystal.of(salt.lattice * 1.02, salt.frac_coords, salt.atomic_numbers)
    folder = write(tmp_path / "made", a=salt, b=swollen, c=crystal_named("TiO2"), d=CLASH)
    found = evaluate(folder, reference)
    assert found["avg_structure_validity"].value == 0.75  # the clash
    assert found["frac_unique_structures"].value == 0.75  # b is a, a little larger
    assert found["frac_novel_structures"].value == 0.5  # a and b are known
    assert found["frac_novel_unique_structures"].value == 0.5
    assert found["frac_p1"].value == 0.0
    assert found["avg_comp_validity"].value == 1.0
    assert found.distributions["space groups"]["225"] == 2


def test_a_reference_of_ones_own_may_be_a_folder(tmp_path: Path, crystal_named: Named) -> None:
    known = write(tmp_path / "known", a=crystal_named("TiO2"))
    made = write(tmp_path / "made", a=crystal_named("TiO2"), b=crystal_named("AlN"))
    found = evaluate(made, known)
    assert found["frac_novel_structures"].value == 0.5
    assert "known, 1 crystals" in found.reference


def test_the_group_asked_for_is_taken_from_the_table_of_the_run(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    write(tmp_path / "run", x=crystal_named("NaCl"))
    folder = write(tmp_path / "run" / "cifs", a=crystal_named("TiO2"), b=crystal_named("AlN"))
    (tmp_path / "run" / "x.cif").unlink()
    (tmp_path / "run" / "crystals.csv").write_text("id,space_group_asked\na,136\nb,194\n")
    for path in (tmp_path / "run", folder):
        assert evaluate(path, reference)["frac_space_group_as_asked"].value == 0.5


def test_entries_that_are_no_crystals_are_counted_and_named(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    folder = write(tmp_path / "made", a=crystal_named("TiO2"))
    (folder / "bad.cif").write_text("nothing")
    found = evaluate(folder, reference)
    assert found["frac_readable"].value == 0.5
    assert found["avg_structure_validity"].n == 1
    assert list(found.unreadable) == ["bad"]


def test_json_and_table_hold_every_measure_with_its_interval_and_what_it_refers_to(
    tmp_path: Path, reference: Path, crystal_named: Named
) -> None:
    found = evaluate(write(tmp_path / "made", a=crystal_named("TiO2")), reference)
    found.save(tmp_path / "out.json")
    saved = json.loads((tmp_path / "out.json").read_text())
    assert set(saved["metrics"]) == {m.key for m in found.measures}
    assert {"value", "low", "high", "n", "unit", "meaning"} <= set(saved["metrics"]["avg_structure_validity"])
    assert saved["reference"] == "known.npz, 2 crystals"
    assert saved["tolerances"]["matcher_stol"] == 0.3
    assert found.table().row_count == len(found.measures)


def test_nothing_to_evaluate_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "bad.cif").write_text("nothing")
    with pytest.raises(UserError, match="no readable crystal"):
        evaluate(tmp_path)


def test_intervals_shrink_with_n_and_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        found = share("x", (rng.random(200) < 0.7).tolist(), "")
        held += found.low <= 0.7 <= found.high
    assert held >= 88  # 95 expected
    few, many = (share("x", (np.arange(n) % 2 == 0).tolist(), "") for n in (20, 2000))
    assert many.high - many.low < few.high - few.low


def test_shares_without_failures_have_the_binomial_bound() -> None:
    found = share("x", [True] * 100, "")
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low**100 == pytest.approx(0.025)
    assert share("x", [], "").n == 0


def test_values_that_are_unknown_are_left_out_of_means() -> None:
    assert mean("x", [1.0, float("nan"), 3.0], "Å", "").value == 2.0
    assert median("x", [1.0, float("nan"), 3.0, 9.0], "Å", "").value == 3.0
    assert median("x", [1.0, float("nan")], "Å", "").n == 1


def test_predictions_are_matched_by_name_and_the_best_try_counts(tmp_path: Path, crystal_named: Named) -> None:
    truth = write(tmp_path / "truth", one=crystal_named("NaCl"), two=crystal_named("quartz"))
    salt = crystal_named("NaCl")
    caesium_chloride = Crystal.of(np.eye(3) * 3.5, [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 17])
    made = write(tmp_path / "made", **{"one-1": caesium_chloride, "one-2": salt, "two_1": crystal_named("quartz")})
    found = evaluate_prediction(made, truth, tries=2)
    assert found["match_rate_1"].value == 0.5
    assert found["match_rate_2"].value == 1.0
    assert found["rmse_2"].value == pytest.approx(0.0, abs=1e-6)


def test_predictions_without_names_are_matched_by_formula(tmp_path: Path, crystal_named: Named) -> None:
    truth = write(tmp_path / "truth", one=crystal_named("NaCl"), two=crystal_named("quartz"))
    found = evaluate_prediction(write(tmp_path / "made", x=crystal_named("quartz")), truth)
    assert found["match_rate_1"].value == 0.5
    assert found["match_rate_1"].n == 2


def test_the_distance_is_in_units_of_the_cube_root_of_the_volume_per_atom(crystal_named: Named) -> None:
    from electrolith.evaluation.evaluate_structure_prediction import match_distance

    true = crystal_named("Li3N")
    moved = true.frac_coords.copy()
    moved[0, 2] += 0.05
    made = Crystal.of(true.lattice, moved, true.atomic_numbers)
    n = len(true)
    shift = 0.05 * np.linalg.norm(true.lattice[2])
    expected = shift * np.sqrt((n - 1) / n**2) / (true.volume / n) ** (1 / 3)  # the mean shift taken out
    assert match_distance(made, true) == pytest.approx(expected, rel=1e-3)
