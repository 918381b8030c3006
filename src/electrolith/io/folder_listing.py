"""Which files of an output folder are those of its runs, which are gone, and which are not theirs."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from ..gen.atomic import PART
from .manifest import Manifest

MOST_NAMED = 5  # files in a message


def listed_files(path: Path, table: str, fixed: Iterable[str]) -> list[str]:
    """Files of a run in a folder without manifest: the ``fixed`` names, and those in the column ``file`` of a table."""
    try:
        with (path / table).open(encoding="utf-8", newline="") as file:
            return [*fixed, *(name for row in csv.DictReader(file) if (name := row.get("file")))]
    except (OSError, UnicodeDecodeError, csv.Error):
        return [*fixed]


def foreign_files(path: Path, folder: str) -> list[str]:
    """Names of files in a subfolder of an output folder that no run wrote; they stay."""
    known = set(Manifest(path).names())
    return [name for name in entries_in(path, Path(folder)) if name not in known and not name.endswith(PART)]


def missing_files(path: Path) -> list[str]:
    """Names of files in the manifest that are gone, without folders of records."""
    return [name for name in Manifest(path).names() if not name.endswith("/") and not (path / name).exists()]


def existing(path: Path, *names: str) -> str:
    """Paths of those files and folders in the output folder that exist, in one line."""
    found = [path / name for name in names if (path / name).exists()]
    return "  ".join(f"{one}/" if one.is_dir() else str(one) for one in found)


def remarks_on(path: Path, folder: str) -> list[str]:
    """Sentences on files of a finished run that are gone, and on others in the subfolder that no run wrote."""
    gone, foreign = missing_files(path), foreign_files(path, folder)
    remarks = [f"Deleted since the run: {listed(gone)}; --overwrite makes them again."] if gone else []
    return remarks + ([f"Not of this run, left as found: {listed(foreign)}."] if foreign else [])


def entries_in(path: Path, folder: Path) -> list[str]:
    """Names in a subfolder, relative to ``path``; none where there is no such folder."""
    try:
        names = os.listdir(path / folder)  # noqa: PTH208  quick for 100,000 files
    except OSError:
        return []
    return sorted((folder / name).as_posix() for name in names)


def listed(names: list[str]) -> str:
    """The first of many names."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
