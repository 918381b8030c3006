"""The benchmark scripts run, in their small size, and their figures can be put into the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from paths import ROOT

WEIGHTS = ROOT / "gen" / "weights"
# relaxation relaxes what generation made
SCRIPTS = (
    "generation", "relaxation", "constraints", "structure_prediction", "surrogate", "windows", "stability", "moduli",
    "relaxation_speed", "conductivity", "screening", "oracle_bias", "generation_bias", "targets", "guidance",
    "finetune",
)  # fmt: skip


@pytest.mark.skipif(not list(WEIGHTS.rglob("*.safetensors")), reason="no weights lie in the package")
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_runs_in_its_small_size(script: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    command = [sys.executable, str(ROOT / "benchmarks" / f"{script}.py"), "--small", "--again"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads((ROOT / "benchmarks" / "results" / "small" / f"{script}.json").read_text())
    assert record["figures"]
    assert record["weights"]
    assert all(figure["n"] > 0 for figure in record["figures"] if "RMSE" not in figure["measure"])
