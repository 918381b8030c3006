"""``electrolith evaluate`` measures crystals, predicted structures or targets, by its options."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import write_cifs, write_run
from typer.testing import CliRunner

from electrolith.cli.app import app
from electrolith.gen.crystal import Crystal

Named = Callable[[str], Crystal]


def evaluate(*words: object) -> tuple[int, str]:
    """Exit code and output."""
    done = CliRunner().invoke(app, ["evaluate", *map(str, words)])
    return done.exit_code, done.output


def metrics(path: Path) -> dict[str, dict[str, float]]:
    return json.loads(path.read_text())["metrics"]


def test_crystals_are_measured_against_a_reference(tmp_path: Path, crystal_named: Named) -> None:
    crystals = write_cifs(tmp_path / "g", a=crystal_named("TiO2"), b=crystal_named("AlN"))
    known, result = write_cifs(tmp_path / "known", x=crystal_named("AlN")), tmp_path / "x.json"
    code, output = evaluate(crystals, "--reference", known, "--json", result)
    assert code == 0, output
    assert metrics(result)["frac_novel_structures"]["value"] == 0.5
    code, output = evaluate(crystals, "--reference", known, "--limit", 1, "--json", result)
    assert code == 0, output
    assert metrics(result)["frac_novel_structures"]["n"] == 1


def test_predictions_are_measured_against_true_structures(tmp_path: Path, crystal_named: Named) -> None:
    salt, result = crystal_named("NaCl"), tmp_path / "x.json"
    truth = write_cifs(tmp_path / "truth", a=salt, b=crystal_named("quartz"))
    code, output = evaluate(write_cifs(tmp_path / "p", a=salt), "--truth", truth, "--tries", 2, "--json", result)
    assert code == 0, output
    assert metrics(result)["match_rate_2"]["value"] == 0.5


def test_a_run_is_measured_by_its_targets_with_a_plot(tmp_path: Path, crystal_named: Named) -> None:
    salt, result, plot = crystal_named("NaCl"), tmp_path / "x.json", tmp_path / "x.svg"
    run = write_run(tmp_path / "r", f"{{density: {salt.density}}}", salt=salt)
    code, output = evaluate(run, "--targets", "--workers", 1, "--json", result, "--plot", plot)
    assert code == 0, output
    assert metrics(result)["density_hit_rate"]["value"] == 1
    assert plot.read_text().count("<circle") == 2  # the crystal and the legend


@pytest.mark.parametrize("option", [("--plot", "x.svg"), ("--baseline", "x"), ("--thrifty",)])
def test_options_of_targets_without_targets_are_a_usage_error(tmp_path: Path, option: tuple[str, ...]) -> None:
    code, output = evaluate(tmp_path, *option)
    assert code == 2
    assert "need --targets" in output
