"""Runs with property targets: requested and predicted values, and runs that keep only crystals that meet them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from killing import killed_after
from paths import TESTS
from run_files import content, rows, settings
from scipy.special import ndtr

from electrolith import Generator, Targets
from electrolith.gen.errors import UserError
from electrolith.gen.surrogate.model_card import Card, Known
from electrolith.generation.generation_run import run
from electrolith.prediction import prediction

SCRIPT = TESTS / "generate_scripted.py"
STIFF = Targets(bulk_modulus=">=30", band_gap=">=1")
KEEP = settings(6, seed=2, targets=STIFF, keep=6, max_candidates=200, batch_size=4, stability_limit="off")


@pytest.fixture(scope="module")
def kept_six(generator: Generator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that kept six crystals."""
    folder = tmp_path_factory.mktemp("kept")
    run(KEEP, folder, generator=generator)
    return folder


def test_the_table_has_requested_and_predicted_values(generator: Generator, tmp_path: Path) -> None:
    targets = Targets(bulk_modulus=(50, 100), shear_modulus=20)
    progress = run(settings(12, targets=targets, batch_size=4), tmp_path, generator=generator)
    table = rows(tmp_path)
    assert progress.generated == len(table) == 12  # nothing is filtered
    for row in table:
        assert row["bulk_modulus_interval"] == "50.0..100.0"
        assert 50 <= float(row["bulk_modulus_asked"]) <= 100
        assert float(row["bulk_modulus_predicted"]) == pytest.approx(1000 / float(row["volume_A3_per_atom"]), rel=1e-3)
        assert row["bulk_modulus_spread"] == "0.1"
        assert (row["shear_modulus_asked"], row["shear_modulus_predicted"]) == ("20", "")  # the script knows none
    assert len({row["bulk_modulus_asked"] for row in table}) == 12
    assert any(not 50 <= float(row["bulk_modulus_predicted"]) <= 100 for row in table)
    assert "# predicted: bulk_modulus = " in (tmp_path / "cifs/gen_000000.cif").read_text()
    assert "share_kept" not in yaml.safe_load((tmp_path / "run.yaml").read_text())


def test_without_property_targets_nothing_is_predicted(
    generator: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "predict", lambda *_: pytest.fail("there is no target"))
    run(settings(3, targets={"space_group": 225}), tmp_path, generator=generator)
    assert not [column for column in rows(tmp_path)[0] if column.endswith(("_predicted", "_spread", "_interval"))]


def test_predictions_are_made_in_batches(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = prediction.predict
    monkeypatch.setattr(prediction, "predict", lambda crystals, *_: sizes.append(len(crystals)) or real(crystals))
    generator.generate(20, STIFF, batch_size=10)
    assert len(sizes) < 20
    assert max(sizes) > 5


def test_only_crystals_that_meet_all_targets_are_kept_and_the_share_is_reported(kept_six: Path) -> None:
    table, rejected = rows(kept_six), rows(kept_six, "rejected.csv")
    assert len(table) == len(list((kept_six / "cifs").iterdir())) == 6
    for row in table:
        assert float(row["bulk_modulus_predicted"]) >= 30
        assert float(row["band_gap_predicted"]) >= 1
    fallen = [row["reason"] for row in rejected if row["check"] == "targets"]
    assert any("bulk_modulus" in reason and "requested >=30" in reason for reason in fallen)
    record = yaml.safe_load((kept_six / "run.yaml").read_text())
    assert record["settings"]["keep"] == record["settings"]["n"] == 6
    assert record["candidates"] == 6 + len(rejected)
    assert record["share_kept"] == pytest.approx(6 / (6 + len(rejected)), abs=1e-6)
    # nothing is counted that comes after the last one kept
    last = max(row["id"] for row in table)
    assert record["candidates"] == int(last.removeprefix("gen_")) + 1
    assert all(row["id"] < last for row in rejected)


def test_all_kept_crystals_are_distinct(kept_six: Path) -> None:
    table, rejected = rows(kept_six), rows(kept_six, "rejected.csv")
    assert all(row["unique"] == "yes" for row in table)
    assert len({row["formula"] for row in table}) == len(table)  # each of the known crystals has its own
    assert any(row["check"] == "unique" and row["formula"] in {r["formula"] for r in table} for row in rejected)


def test_the_probability_of_meeting_all_targets_is_reported_and_can_be_required(
    generator: Generator, tmp_path: Path, kept_six: Path
) -> None:
    probabilities = {row["id"]: float(row["chance_as_asked"]) for row in rows(kept_six)}
    for row in rows(kept_six):
        stiff = ndtr(np.log10(float(row["bulk_modulus_predicted"]) / 30) / 0.1)
        insulating = ndtr((float(row["band_gap_predicted"]) - 1) / 0.3)
        assert probabilities[row["id"]] == pytest.approx(stiff * insulating, abs=2e-3)
    middle = sorted(probabilities.values())[3] - 0.001  # as they are rounded
    assert min(probabilities.values()) < middle
    looked_at = yaml.safe_load((kept_six / "run.yaml").read_text())["candidates"]
    run(KEEP.with_(confidence=middle, max_candidates=looked_at), tmp_path, generator=generator)
    assert {name for name, probability in probabilities.items() if probability >= middle} <= {
        row["id"] for row in rows(tmp_path)
    }
    assert all(float(row["chance_as_asked"]) >= middle for row in rows(tmp_path))
    fallen = {row["id"]: row["reason"] for row in rows(tmp_path, "rejected.csv")}
    for name in (name for name, probability in probabilities.items() if probability < middle):
        assert "probability of meeting all targets 0." in fallen[name]
        assert f"below the requested {middle:g}" in fallen[name]


def test_the_same_seed_keeps_the_same_crystals_at_any_batch_size_and_in_python(
    generator: Generator, kept_six: Path
) -> None:
    ids = [row["id"] for row in rows(kept_six)]
    for batch_size in (3, 50):
        crystals = generator.generate(
            targets=STIFF, keep=6, max_candidates=200, seed=2, batch_size=batch_size, stability_limit="off"
        )
        assert [one.id for one in crystals] == ids
    fewer = generator.generate(targets=STIFF, keep=3, seed=2, stability_limit="off")
    assert [one.id for one in fewer] == ids[:3]


@pytest.mark.parametrize("finished_files", [1, 6, 12])
def test_a_run_with_keep_resumes_to_the_same_files(
    generator: Generator, tmp_path: Path, kept_six: Path, finished_files: int
) -> None:
    with killed_after(finished_files):
        run(KEEP, tmp_path / "stopped", generator=generator)
    run(KEEP, tmp_path / "stopped", resume=True, generator=generator)
    assert content(tmp_path / "stopped") == content(kept_six)
    assert (
        yaml.safe_load((tmp_path / "stopped/run.yaml").read_text())["outcome"]
        == (yaml.safe_load((kept_six / "run.yaml").read_text())["outcome"])
    )


def test_workers_and_their_number_change_nothing(tmp_path: Path, kept_six: Path) -> None:
    words = ["--keep", "6", "--max-candidates", "200", "--batch-size", "4", "--seed", "2", "--workers", "2"]
    words += ["--stability-limit", "off", "--target", "ml_bulk_modulus>=30", "--target", "dft_band_gap>=1"]
    command = [sys.executable, str(SCRIPT), "generate", "-o", str(tmp_path / "two"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert content(tmp_path / "two") == content(kept_six)
    share = yaml.safe_load((kept_six / "run.yaml").read_text())["share_kept"]
    assert f"{share:.1%}".replace("%", " %") + " of" in done.stdout


def test_python_warns_of_missing_crystals_and_refuses_contradictions(generator: Generator) -> None:
    with pytest.warns(UserWarning, match="9 of 9 crystals are missing: no candidates are left"):
        assert not generator.generate(targets=Targets(bulk_modulus=">=300"), keep=9, max_candidates=12)
    with pytest.raises(UserError, match="both set the number"):
        generator.generate(5, STIFF, keep=6)
    with pytest.raises(UserError, match="give n or keep"):
        generator.generate(targets=STIFF)


def test_a_target_outside_the_training_range_gives_a_warning(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known({"computed": 9}, 5.0, 320.0, None, None, 0, 1.0, 1.0, 1.0, ("Li",))
    monkeypatch.setattr("electrolith.conditioners.training_range.load_card", lambda *_: Card({"bulk_modulus": known}))
    with pytest.warns(UserWarning, match="from 5 to 320 GPa"):
        generator.generate(1, Targets(bulk_modulus=900))
    generator.generate(1, Targets(bulk_modulus=90))
