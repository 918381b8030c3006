"""Every script in examples/ runs to its end, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

SCRIPTS = {
    "generate.py": "space group",
    "target_and_screen.py": "passed every check",
    "custom_property.py": "60 rows",
    "notebook.py": "passed every check",
}
OF_A_RUN = "picture.py"  # draws the crystals of a run, given on its command line


def run(script: str, folder: Path, *arguments: str) -> str:
    environment = os.environ | {"MPLBACKEND": "agg"}
    command = [sys.executable, str(ROOT / "examples" / script), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_example_is_listed_here() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == {*SCRIPTS, OF_A_RUN}


@pytest.mark.parametrize(("script", "words"), SCRIPTS.items())
def test_this_example_runs_and_prints_its_result(script: str, words: str, tmp_path: Path) -> None:
    assert words in run(script, tmp_path)
