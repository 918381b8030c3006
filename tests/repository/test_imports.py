"""Imports go one way, and what need not be imported is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_import_graph_keeps_the_contracts_in_pyproject() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("heavy", ["torch", "pymatgen", "pandas", "chgnet", "lightning"])
def test_the_command_line_starts_without_heavy_libraries(heavy: str) -> None:
    assert run(f"import sys, electrolith, electrolith.cli.app; print({heavy!r} in sys.modules)") == "False"


def test_a_package_called_validators_is_left_alone() -> None:
    assert "validators" not in run("import sys, electrolith.validators; print(*sys.modules)").split()
