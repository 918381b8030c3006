"""Helpers for tests of runs: their settings by name, and the content of their folders."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from electrolith.generation.settings import Settings


def settings(n: int, **values: Any) -> Settings:
    """Settings by their names in a settings file, in one process."""
    return Settings.from_mapping({"n": n, "workers": 1, **values})


def content(folder: Path) -> dict[str, bytes]:
    """All files that must be the same in two runs with the same settings."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "run.yaml"]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def rows(folder: Path, name: str = "crystals.csv") -> list[dict[str, str]]:
    """The rows of a table."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
