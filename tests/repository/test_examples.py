"""Every script in examples/ runs to its end, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT
from script_server import ScriptServer

SCRIPTS = {
    "generate.py": "space group",
    "target_and_screen.py": "passed every check",
    "custom_property.py": "60 rows",
    "notebook.py": "passed every check",
}
OF_A_RUN = "picture.py"  # draws the crystals of a run, given on its command line


def test_every_example_is_listed_here() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == {*SCRIPTS, OF_A_RUN}


@pytest.mark.parametrize(("script", "words"), SCRIPTS.items())
def test_this_example_runs_and_prints_its_result(
    scripts: ScriptServer, script: str, words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    assert words in scripts.output(ROOT / "examples" / script, folder, tmp_path / "log")
