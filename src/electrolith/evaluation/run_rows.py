"""Rows of the tables of a run of ``electrolith generate``, for a path that is in, or beside, its folder."""

from __future__ import annotations

from pathlib import Path

from ..io.csv_rows import csv_rows

TABLE, REJECTED = "crystals.csv", "rejected.csv"
ID = "id"  # column of both tables


def crystal_rows(path: Path) -> dict[str, dict[str, str]]:
    """The rows of the crystals, by name; empty where there is no run."""
    folder = run_folder(path)
    return {} if folder is None else {row[ID]: row for row in csv_rows(folder / TABLE) if row.get(ID)}


def rejected_rows(path: Path) -> list[dict[str, str]]:
    """The rows of the rejected candidates; empty where there is no run."""
    folder = run_folder(path)
    return list(csv_rows(folder / REJECTED)) if folder is not None and (folder / REJECTED).is_file() else []


def run_folder(path: Path) -> Path | None:
    """The folder with the tables of the run that ``path`` is, or lies in; None where there is none."""
    return next((folder for folder in (path, path.parent) if folder.is_dir() and (folder / TABLE).is_file()), None)
