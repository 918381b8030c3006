"""``electrolith generate``: exit codes, messages and tables."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from paths import ROOT
from typer.testing import CliRunner, Result

from electrolith import Generator
from electrolith.cli.app import app
from electrolith.gen.number_text import three_digits
from electrolith.gen.typed_records import meta_of
from electrolith.generation.options import setting_fields
from electrolith.prediction import prediction

Command = Callable[..., Result]


@pytest.fixture
def electrolith(monkeypatch: pytest.MonkeyPatch, scripted: ModuleType) -> Command:
    """The command line with scripted models, which draw from a dozen crystals."""
    monkeypatch.setattr(Generator, "from_pretrained", lambda *_: Generator(scripted.Scripted()))
    monkeypatch.setattr(prediction, "predict", scripted.predict)
    monkeypatch.delenv("ELECTROLITH_DEBUG", raising=False)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_crystals_are_generated_and_shown(electrolith: Command, tmp_path: Path) -> None:
    done = electrolith("generate", "-n", 5, "-o", tmp_path / "out", "--space-group", "Fm-3m", "--workers", 1)
    assert done.exit_code == 0, done.stderr
    assert "5 of 5 crystals generated" in done.stdout
    assert "Fm-3m (225)" in done.stdout
    assert not done.stderr  # no progress bar without a terminal
    with (tmp_path / "out/crystals.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 5


def test_the_predictions_of_each_crystal_are_shown(electrolith: Command, tmp_path: Path) -> None:
    words = ("generate", "-n", 5, "-o", tmp_path / "out", "--target", "bulk_modulus>=50", "--target", "band_gap>=1")
    done = electrolith(*words, "--workers", 1, "--no-new", "--stability-limit", "off")
    assert done.exit_code == 0, done.stderr
    with (tmp_path / "out/crystals.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stiff = [float(row["bulk_modulus_predicted"]) >= 50 for row in rows]
    wide = [float(row["band_gap_predicted"]) >= 1 for row in rows]
    both = sum(a and b for a, b in zip(stiff, wide, strict=True))
    assert 0 < both < 5
    assert f"of 5: band_gap {sum(wide)}, bulk_modulus {sum(stiff)}, all targets {both}" in done.stdout
    assert ">=50 GPa" in done.stdout
    k, gap = float(rows[0]["bulk_modulus_predicted"]), float(rows[0]["band_gap_predicted"])
    assert (
        f"{three_digits(k)} ({three_digits(k / 10**0.1)}…{three_digits(k * 10**0.1)})" in done.stdout
    )  # a spread of 0.1 decades
    assert f"{three_digits(gap)} ({three_digits(gap - 0.3)}…{three_digits(gap + 0.3)})" in done.stdout  # of 0.3 eV


def test_a_run_without_attempts_left_ends_with_3_and_keeps_its_crystals(electrolith: Command, tmp_path: Path) -> None:
    words = ("generate", "-n", 20, "-o", tmp_path / "out", "--max-attempts", 1, "--workers", 1)
    done = electrolith(*words)
    assert done.exit_code == 3
    assert "all attempts failed" in done.stderr
    assert 0 < len(list((tmp_path / "out/cifs").iterdir())) < 20
    assert electrolith("generate", "-o", tmp_path / "out", "--resume").exit_code == 3


def test_a_run_without_candidates_left_ends_with_3_and_keeps_its_crystals(electrolith: Command, tmp_path: Path) -> None:
    words = ("-n", 100, "--keep", 9, "--max-candidates", 12, "--target", "ml_bulk_modulus>=50", "--workers", 1)
    done = electrolith("generate", "-o", tmp_path / "out", "--stability-limit", "off", *words)
    assert done.exit_code == 3
    assert "-n 100 is not used" in done.stderr
    assert "raise --max-candidates" in done.stderr
    assert "of 12 candidates were kept" in done.stdout
    assert 0 < len(list((tmp_path / "out/cifs").iterdir())) < 9
    again = electrolith("generate", "-o", tmp_path / "out", "--resume")
    assert again.exit_code == 3
    assert "of 12 candidates were kept" in again.stdout


def test_resuming_uses_the_settings_of_the_run(electrolith: Command, tmp_path: Path) -> None:
    words = ("-o", tmp_path / "out", "--workers", 1)
    assert electrolith("generate", "-n", 4, "--seed", 7, "--exclude", "F", *words).exit_code == 0
    assert electrolith("generate", "--resume", *words).exit_code == 0
    assert electrolith("generate", "--resume", "-n", 4, "--exclude", "F", *words).exit_code == 0
    other = electrolith("generate", "--resume", "-n", 5, *words)
    assert other.exit_code == 2
    assert "n: 4, 5" in other.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-n", "0"], "n = 0"),
        (["-n", "-3"], "n = -3"),
        ([], "number of crystals is missing"),
        (["-n", "5", "--space-group", "Fm3m"], "Did you mean Fm-3m"),
        (["-n", "5", "--formula", "Li3PS4", "--exclude", "S"], "contradicts exclude"),
        (["-n", "5", "--formula", "Li3PS4", "--space-group", "230", "--max-atoms", "20"], "from 64 atoms"),
        (["-n", "5", "--target", "bulk_moduls=5"], "Did you mean bulk_modulus"),
        (["-n", "5", "--target", "bulk_modulus"], "property=number"),
        (["-n", "5", "--target", "bulk_modulus>=200", "--target", "bulk_modulus<=100"], "no number is at least 200"),
        (["-n", "5", "--target", "ml_bulk_modulus>=200", "--target", "bulk_modulus<=100"], "contradicts bulk_modulus"),
        (["-n", "5", "--target", "dft_bulk_modulos=5"], "Did you mean dft_bulk_modulus"),
        (["-n", "5", "--target", "ionic_conductivity>=1e-4", "--chemical-system", "Na-P-S"], "property of lithium"),
        (["-n", "5", "--recipe", "electrolite"], "Did you mean electrolyte"),
        (["-n", "5", "--recipe", "missing.yaml"], "does not exist"),
        (["-n", "5", "--compositions", "catholite"], "Did you mean catholyte"),
        (["-n", "5", "--compositions", "missing.yaml"], "does not exist"),
        (["-n", "5", "--recipe", str(ROOT / "configs/catholyte.yaml")], "a recipe of `electrolith screen`"),
        (["-n", "5", "--recipe", "electrolyte", "--chemical-system", "Na-P-S"], "contradicts"),
        (["--keep", "5"], "needs a property target"),
        (["-n", "5", "--max-candidates", "50"], "give both"),
        (["--keep", "5", "--target", "band_gap>=1", "--max-candidates", "4"], "raise it"),
        (["--keep", "5", "--target", "band_gap>=1", "--shard", "1/2"], "its own --seed"),
        (["--keep", "-5", "--target", "band_gap>=1"], "keep = -5: it must be at least 0"),
        (["-n", "5", "--target", "band_gap>=1", "--confidence", "0.5"], "give both"),
        (["--keep", "5", "--target", "band_gap>=1", "--confidence", "1"], "below 1"),
        (["--keep", "5", "--target", "band_gap>=1", "--confidence", "-0.1"], "at least 0"),
        (["--keep", "5", "--target", "band_gap>=1", "--confidence", "nan"], "write a number"),
        (["-n", "5", "--shard", "3/2"], "e.g. 2/8"),
        (["-n", "5", "--batch-size", "many"], "whole number"),
        (["-n", "5", "--steps", "0"], "steps = 0"),
        (["-n", "5", "--seed", "-1"], "seed = -1"),
        (["-n", "5", "--resume", "--overwrite"], "give one of them"),
        (["-n", "5", "--config", "missing.yaml"], "does not exist"),
        (["-n", "five"], "--number"),
        (["-n", "5", "--unknown"], "unknown"),
    ],
)
def test_a_usage_error_ends_with_2_and_a_message_and_changes_nothing(
    electrolith: Command, tmp_path: Path, words: list[str], says: str
) -> None:
    done = electrolith("generate", "-o", tmp_path / "out", *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*"))


def test_a_folder_with_files_is_refused(electrolith: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = electrolith("generate", "-n", 1, "-o", tmp_path)
    assert done.exit_code == 2
    assert "--overwrite" in done.stderr


def test_an_internal_error_ends_with_1_and_without_a_traceback(
    electrolith: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the flux is inverted")

    monkeypatch.setattr(Generator, "from_pretrained", breaks)
    done = electrolith("generate", "-n", 1, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert "the flux is inverted" in done.stderr
    assert "Traceback" not in done.stderr
    monkeypatch.setenv("ELECTROLITH_DEBUG", "1")
    assert isinstance(electrolith("generate", "-n", 1, "-o", tmp_path / "out").exception, RuntimeError)


def test_the_command_line_starts_without_the_modules_of_a_run() -> None:
    code = "import sys, electrolith.cli.app; print(*(m for m in ('numpy', 'torch', 'yaml') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def cpu_seconds(*words: str) -> float:
    """Least CPU time of three runs of a command, s."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_help_costs_little_more_than_the_libraries_that_print_it() -> None:
    """On an idle core 0.37 s and 0.27 s; the ratio holds on a busy one, too."""
    libraries = cpu_seconds(sys.executable, "-c", "import typer, typer.rich_utils")
    assert cpu_seconds(str(Path(sys.executable).with_name("electrolith")), "--help") < 2 * libraries


def test_every_setting_can_be_given_on_the_command_line(electrolith: Command, tmp_path: Path) -> None:
    words = ["--keep", 2, "--target", "band_gap>=1", "--confidence", 0.01, "--max-candidates", 90, "--guidance", 1.5]
    words += ["--seed", 3, "--steps", 20, "--max-attempts", 5, "--no-charge", "--no-stable", "--no-new", "--no-fit"]
    words += ["--stability-limit", 0.1, "--no-balance", "--compositions", "catholyte", "--temperature", 0.9]
    words += ["--no-relax", "--batch-size", 2, "--checkpoint", "default", "--shard", "1/1", "--device", "cpu"]
    done = electrolith("generate", "-o", tmp_path, *words, "--workers", 1)
    assert done.exit_code == 0, done.stderr
    settings = yaml.safe_load((tmp_path / "run.yaml").read_text(encoding="utf-8"))["settings"]
    assert settings == {
        "n": 2, "targets": {"band_gap": ">=1.0"}, "keep": 2, "confidence": 0.01, "max_candidates": 90, "guidance": 1.5,
        "seed": 3, "steps": 20, "max_attempts": 5, "charge": False, "stable": False, "new": False, "fit": False,
        "stability_limit": 0.1, "balance": False, "compositions": "catholyte",
        "temperature": 0.9, "like": "off", "redraw": "auto", "infill": "auto",
        "relax": False, "batch_size": 2, "checkpoint": "default", "shard": "1/1", "device": "cpu", "workers": 1,
    }  # fmt: skip


def test_the_help_shows_every_default() -> None:
    shown = " ".join(CliRunner().invoke(app, ["generate", "--help"], env={"COLUMNS": "300"}).stdout.split())
    for field in setting_fields():
        assert meta_of(field).doc in shown
    assert "Strength of property targets; 1: no guidance. Default: 2." in shown
    assert "--no-charge" in shown
