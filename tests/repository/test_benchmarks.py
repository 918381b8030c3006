"""The benchmark scripts run in their small size, each by itself, and write their figures to the given folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from folders import write_cifs
from paths import ROOT
from script_server import ScriptServer

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.symmetry.orbits import crystal_of

WEIGHTS = ROOT / "gen" / "weights"
SCRIPTS = (
    "barrier", "conductivity", "constraints", "finetune", "generation", "generation_bias", "gpu", "guidance", "house",
    "known", "large_cells", "moduli", "oracle_bias", "orderings", "recipes",
    "relaxation", "relaxation_speed", "robustness", "screening", "stability", "structure_prediction", "surrogate",
    "targets", "true_skeletons", "windows",
)  # fmt: skip


def run_small(scripts: ScriptServer, script: str, results: Path, *words: object) -> dict[str, object]:
    """The record that a script writes in its small size."""
    options = ("--small", "--workers", 1, "--results", results, *words)
    scripts.output(ROOT / "benchmarks" / f"{script}.py", ROOT, results.with_suffix(".log"), *options)
    record: dict[str, object] = json.loads((results / f"{script}.json").read_text(encoding="utf-8"))
    return record


@pytest.mark.skipif(not list(WEIGHTS.rglob("*.safetensors")), reason="the package has no weights")
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_runs_in_its_small_size(scripts: ScriptServer, script: str, tmp_path: Path) -> None:
    record = run_small(scripts, script, tmp_path / "results")
    assert record["weights"]
    figures = record["figures"]
    assert isinstance(figures, list)
    filled = [figure for figure in figures if figure["n"] > 0]  # of a few crystals none may be of a rare kind
    assert 2 * len(filled) > len(figures)


def test_the_round_trip_of_crystals_of_the_reference_set_reproduces_them(scripts: ScriptServer, tmp_path: Path) -> None:
    known = reference_set()
    crystals = {str(known.ids[k]): crystal_of(known[k], primitive=True) for k in (0, 1)}
    data = write_cifs(tmp_path / "cifs", **crystals)
    record = run_small(scripts, "round_trip", tmp_path / "results", "--data", data)
    (figure,) = record["figures"]
    assert figure["value"].startswith("100.0 %")


def test_every_script_with_figures_is_run_here() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.py")}
    assert {stem for stem in texts if re.search(r"^ +save\(", texts[stem], re.MULTILINE)} == {*SCRIPTS, "round_trip"}


def test_figures_have_the_words_of_their_scripts() -> None:
    """Figures are merged by the words of their measure, so stored ones must follow when a script is reworded."""
    for path in (ROOT / "benchmarks" / "measured").glob("*.json"):
        for figure in json.loads(path.read_text(encoding="utf-8"))["figures"]:
            text = f"{figure['measure']} {figure['remark']}"
            assert not [word for word in ("foreseen", "as asked", "judge", "so near") if word in text], (path, text)
