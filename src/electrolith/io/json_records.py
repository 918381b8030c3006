"""Numbered JSON records in a folder, one atomically written file each."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..gen.atomic import remove_parts, write_atomic
from ..gen.errors import shown
from ..gen.stored_records import AGAIN, reading_back

RECORD = r"\d{6,}\.json"  # names of records


class JsonRecords:
    """The records in a folder. Floats are read back exactly."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, number: int) -> bool:
        return self.file(number).exists()

    def numbers(self) -> list[int]:
        """Numbers of the existing records, ascending."""
        if not self.folder.is_dir():
            return []
        names = os.listdir(self.folder)  # noqa: PTH208  quick for 100,000 files
        return sorted(int(name.removesuffix(".json")) for name in names if re.fullmatch(RECORD, name))

    def read(self, number: int) -> dict[str, Any]:
        """One record. Raises ``ValueError`` or ``TypeError`` for a damaged file."""
        values = json.loads(self.file(number).read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise TypeError(f"it holds {shown(values)}")
        return values

    @contextmanager
    def reading(self, number: int) -> Iterator[dict[str, Any]]:
        """One record, while it is understood. A file that is damaged or foreign is a ``UserError``."""
        with reading_back(self.file(number), AGAIN):
            yield self.read(number)

    def write(self, number: int, values: dict[str, Any]) -> None:
        """Writes a record atomically."""
        self.folder.mkdir(exist_ok=True)
        write_atomic(self.file(number), json.dumps(values, default=_plain).encode())

    def remove(self) -> None:
        """Deletes all records, and the folder if nothing else is in it."""
        if not self.folder.is_dir():
            return
        remove_parts(self.folder)
        for name in os.listdir(self.folder):  # noqa: PTH208  quick for 100,000 files
            if re.fullmatch(RECORD, name):
                (self.folder / name).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    def remove_parts(self) -> None:
        """Deletes half-written files of a killed run."""
        remove_parts(self.folder)

    def file(self, number: int) -> Path:
        """Path of a record."""
        return self.folder / f"{number:06d}.json"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} cannot be stored in a record")
