"""The file of a table of predictions; torch is not needed to find that another's file has its name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from ..io.output_file import begins_with, claimed_file

FIRST_COLUMNS = ("id", "formula", "reason")


def claimed_table(path: Path, inputs: Iterable[str | Path]) -> AbstractContextManager[None]:
    """Holds the file for one table, see ``claimed_file``."""
    return claimed_file(path, inputs, _is_table, "a table such as predictions.csv")


def require_free_table(path: Path, inputs: Iterable[str | Path]) -> None:
    """Raises at once what ``claimed_table`` would raise for an existing file."""
    if path.exists():
        with claimed_table(path, inputs):
            pass


def _is_table(path: Path) -> bool:
    return begins_with(path, ",".join(FIRST_COLUMNS).encode())
