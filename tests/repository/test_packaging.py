"""The installed package equals the tree: sdist → wheel, compared file by file."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from paths import ROOT

FOLDERS = {"gen": "electrolith/gen", "conditioners": "electrolith/conditioners"}
FOLDERS |= {"validators": "electrolith/validators", "configs": "electrolith/configs", "src/electrolith": "electrolith"}
CACHES = {"__pycache__", ".ruff_cache", ".mypy_cache"}
LARGEST_WHEEL = 45  # MB: 15 of reference set, 25 of weights, and the code


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


def tree() -> set[str]:
    """Every file of the package under its installed name."""
    files = set()
    for folder, installed in FOLDERS.items():
        for path in (ROOT / folder).rglob("*"):
            below = path.relative_to(ROOT / folder)
            linked = folder == "src/electrolith" and below.parts[0] in FOLDERS
            if path.is_file() and not linked and not CACHES & set(path.parts):
                files.add(f"{installed}/{below.as_posix()}")
    return files


def test_the_wheel_made_from_the_sdist_holds_exactly_the_files_of_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == tree()


def test_the_wheel_is_no_larger_than_its_data_allows(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST_WHEEL * 1e6


def test_the_wheel_names_its_licence_and_the_origin_of_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        licences = {Path(name).name for name in archive.namelist() if "/licenses/" in name}
    assert {"LICENSE", "NOTICE"} <= licences
