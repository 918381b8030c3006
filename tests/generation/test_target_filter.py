"""Runs with property targets: what was asked and what is predicted, and runs that keep only what is as asked."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from killing import killed_after
from paths import TESTS
from scipy.special import ndtr

from electrolith import Generator, Targets
from electrolith.gen.errors import UserError
from electrolith.gen.surrogate.model_card import Card, Known
from electrolith.generation.generation_run import run
from electrolith.generation.partition import Shard
from electrolith.generation.settings import Settings
from electrolith.generation.settings_loader import load_settings, read_recipe, shipped
from electrolith.prediction import prediction

SCRIPT = TESTS / "generate_scripted.py"
STIFF = Targets(bulk_modulus=">=30", band_gap=">=1")
KEEP = Settings(6, seed=2, targets=STIFF, keep=6, max_candidates=200, batch_size=4, workers=1)


@pytest.fixture(scope="module")
def whole(generator: Generator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that kept six."""
    folder = tmp_path_factory.mktemp("kept")
    run(KEEP, folder, generator=generator)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "run.yaml"]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def rows(folder: Path, name: str = "crystals.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_tells_what_was_asked_and_what_is_predicted(generator: Generator, tmp_path: Path) -> None:
    targets = Targets(bulk_modulus=(50, 100), shear_modulus=20)
    outcome = run(Settings(12, targets=targets, batch_size=4, workers=1), tmp_path, generator=generator)
    table = rows(tmp_path)
    assert outcome.made == len(table) == 12  # nothing is filtered
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


def test_nothing_is_predicted_unless_a_property_is_asked_for(
    generator: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "predict", lambda *_: pytest.fail("nobody asked"))
    run(Settings(3, targets=Targets(space_group=225), workers=1), tmp_path, generator=generator)
    assert not [column for column in rows(tmp_path)[0] if column.endswith(("_predicted", "_spread", "_interval"))]


def test_predictions_are_made_in_batches(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = prediction.predict
    monkeypatch.setattr(prediction, "predict", lambda crystals, *_: sizes.append(len(crystals)) or real(crystals))
    generator.generate(20, STIFF, batch_size=10)
    assert len(sizes) < 20
    assert max(sizes) > 5


def test_only_what_is_as_asked_is_kept_and_the_share_is_told(whole: Path) -> None:
    table, rejected = rows(whole), rows(whole, "rejected.csv")
    assert len(table) == len(list((whole / "cifs").iterdir())) == 6
    for row in table:
        assert float(row["bulk_modulus_predicted"]) >= 30
        assert float(row["band_gap_predicted"]) >= 1
    fallen = [row["reason"] for row in rejected if row["check"] == "targets"]
    assert any("bulk_modulus" in reason and "asked >=30" in reason for reason in fallen)
    record = yaml.safe_load((whole / "run.yaml").read_text())
    assert record["settings"]["keep"] == record["settings"]["n"] == 6
    assert record["candidates"] == 6 + len(rejected)
    assert record["share_kept"] == pytest.approx(6 / (6 + len(rejected)), abs=1e-6)
    # nothing is counted that comes after the last one kept
    last = max(row["id"] for row in table)
    assert record["candidates"] == int(last.removeprefix("gen_")) + 1
    assert all(row["id"] < last for row in rejected)


def test_no_two_kept_crystals_are_alike(whole: Path) -> None:
    table, rejected = rows(whole), rows(whole, "rejected.csv")
    assert all(row["unique"] == "yes" for row in table)
    assert len({row["formula"] for row in table}) == len(table)  # each of the known crystals has its own
    assert any(row["check"] == "unique" and row["formula"] in {r["formula"] for r in table} for row in rejected)


def test_of_all_together_the_chance_is_told_and_can_be_asked_for(
    generator: Generator, tmp_path: Path, whole: Path
) -> None:
    chances = {row["id"]: float(row["chance_as_asked"]) for row in rows(whole)}
    for row in rows(whole):
        stiff = ndtr(np.log10(float(row["bulk_modulus_predicted"]) / 30) / 0.1)
        insulating = ndtr((float(row["band_gap_predicted"]) - 1) / 0.3)
        assert chances[row["id"]] == pytest.approx(stiff * insulating, abs=2e-3)
    middle = sorted(chances.values())[3] - 0.001  # as they are rounded
    assert min(chances.values()) < middle
    run(replace(KEEP, confidence=middle), tmp_path, generator=generator)
    assert {name for name, chance in chances.items() if chance >= middle} <= {row["id"] for row in rows(tmp_path)}
    assert all(float(row["chance_as_asked"]) >= middle for row in rows(tmp_path))
    fallen = {row["id"]: row["reason"] for row in rows(tmp_path, "rejected.csv")}
    for name in (name for name, chance in chances.items() if chance < middle):
        assert "with a chance of 0." in fallen[name]
        assert f"wanted {middle:g}" in fallen[name]


def test_the_same_seed_keeps_the_same_crystals_at_any_batch_size_and_in_python(
    generator: Generator, whole: Path
) -> None:
    ids = [row["id"] for row in rows(whole)]
    for batch_size in (3, 50):
        made = generator.generate(targets=STIFF, keep=6, max_candidates=200, seed=2, batch_size=batch_size)
        assert [one.id for one in made] == ids
    fewer = generator.generate(targets=STIFF, keep=3, seed=2)
    assert [one.id for one in fewer] == ids[:3]


@pytest.mark.parametrize("finished_files", [1, 6, 12])
def test_a_run_that_keeps_goes_on_to_the_same_files(
    generator: Generator, tmp_path: Path, whole: Path, finished_files: int
) -> None:
    with killed_after(finished_files):
        run(KEEP, tmp_path / "stopped", generator=generator)
    run(KEEP, tmp_path / "stopped", resume=True, generator=generator)
    assert content(tmp_path / "stopped") == content(whole)
    assert (
        yaml.safe_load((tmp_path / "stopped/run.yaml").read_text())["outcome"]
        == (yaml.safe_load((whole / "run.yaml").read_text())["outcome"])
    )


def test_workers_and_their_number_change_nothing(tmp_path: Path, whole: Path) -> None:
    words = ["--keep", "6", "--max-candidates", "200", "--batch-size", "4", "--seed", "2", "--workers", "2"]
    words += ["--target", "ml_bulk_modulus>=30", "--target", "dft_band_gap>=1"]
    command = [sys.executable, str(SCRIPT), "generate", "-o", str(tmp_path / "two"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert content(tmp_path / "two") == content(whole)
    share = yaml.safe_load((whole / "run.yaml").read_text())["share_kept"]
    assert f"{share:.1%}".replace("%", " %") + " of" in done.stdout


def test_python_warns_of_crystals_that_are_missing_and_of_contradictions(generator: Generator) -> None:
    with pytest.warns(UserWarning, match="9 of 9 crystals are missing: no candidate was left"):
        assert not generator.generate(targets=Targets(bulk_modulus=">=300"), keep=9, max_candidates=12)
    with pytest.raises(UserError, match="both say how many"):
        generator.generate(5, STIFF, keep=6)
    with pytest.raises(UserError, match="how many"):
        generator.generate(targets=STIFF)


def test_a_target_beyond_the_training_set_is_told(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Known({"computed": 9}, 5.0, 320.0, None, None, 0, 1.0, 1.0, 1.0, ("Li",))
    monkeypatch.setattr("electrolith.generation.target_filter.load_card", lambda *_: Card({"bulk_modulus": known}))
    with pytest.warns(UserWarning, match="from 5 to 320 GPa"):
        generator.generate(1, Targets(bulk_modulus=900))
    generator.generate(1, Targets(bulk_modulus=90))


def test_settings_of_a_run_that_keeps_are_read_back() -> None:
    assert Settings.from_mapping(yaml.safe_load(yaml.safe_dump(KEEP.as_mapping()))) == KEEP
    automatic = load_settings({"keep": 7, "n": 100, "targets": {"bulk_modulus": ">=50"}}).resolved("cpu", 1)
    assert (automatic.n, automatic.max_candidates) == (7, 700)
    with pytest.raises(UserError, match="--seed of its own"):
        Settings(7, targets=STIFF, keep=7, shard=Shard(1, 2))


@pytest.mark.parametrize("name", ["electrolyte", "coating"])
def test_the_shipped_recipes_are_read_and_can_be_met(name: str) -> None:
    assert name in shipped()
    settings = load_settings({"n": 3}, recipe=name)
    assert 3 in settings.targets.constraints().required
    assert {wish.name for wish in settings.targets.property_targets} >= {"energy_above_hull", "band_gap"}
    assert settings == load_settings({"n": 3, "targets": read_recipe(name)["targets"]})


def test_options_win_over_files_and_files_over_recipes(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("n: 5\ntargets: {dft_band_gap: '>=3', dft_shear_modulus: '>=9', max_atoms: 12}\n")
    settings = load_settings({"n": 2, "targets": {"shear_modulus": ">=20"}}, file, None, "electrolyte")
    assert settings.n == 2
    asked = settings.targets.as_mapping()
    assert asked == {
        "max_atoms": "12", "elements": "Li", "energy_above_hull": "<=0.05", "band_gap": ">=3.0",
        "shear_modulus": ">=20.0", "li_barrier": "<=0.5",
    }  # fmt: skip
    assert load_settings({"n": 2}, None, None, str(file)).targets == load_settings({"n": 2}, file).targets
    file.write_text("targets: {band_gap: null}\n")
    assert "band_gap" not in load_settings({"n": 2}, file, None, "electrolyte").targets.as_mapping()


def test_a_property_twice_in_a_file_under_two_names_holds_twice(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("n: 5\ntargets: {dft_bulk_modulus: '>=100', bulk_modulus: '<=200'}\n")
    assert load_settings({}, file).targets == Targets(bulk_modulus=(100, 200))
    file.write_text("n: 5\ntargets: {dft_bulk_modulus: '>=200', bulk_modulus: '<=100'}\n")
    with pytest.raises(UserError, match="contradicts bulk_modulus"):
        load_settings({}, file)
