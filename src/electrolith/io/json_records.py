"""JSON records in a folder, one file each, by number: each is there whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .atomic import PART, write_atomic


class JsonRecords:
    """The records in a folder. Floats are written so that they are read back exactly."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, number: int) -> bool:
        return self.file(number).exists()

    def numbers(self) -> list[int]:
        """The numbers that have a record, in order."""
        return sorted(int(file.stem) for file in self.folder.glob("*.json")) if self.folder.is_dir() else []

    def read(self, number: int) -> dict[str, Any]:
        """A record as it was written."""
        values: dict[str, Any] = json.loads(self.file(number).read_text(encoding="utf-8"))
        return values

    def write(self, number: int, values: dict[str, Any]) -> None:
        """Writes a record in one piece."""
        self.folder.mkdir(exist_ok=True)
        write_atomic(self.file(number), json.dumps(values, default=_plain).encode())

    def remove(self) -> None:
        """Deletes all records and the folder."""
        if self.folder.is_dir():
            for file in self.folder.iterdir():
                file.unlink()
            self.folder.rmdir()

    def remove_parts(self) -> None:
        """Deletes what a killed run has left half-written."""
        for leftover in self.folder.glob(f".*{PART}"):
            leftover.unlink()

    def file(self, number: int) -> Path:
        """Where a record lies."""
        return self.folder / f"{number:06d}.json"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} has no place in a record")
