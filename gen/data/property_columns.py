"""The columns of a user's table of crystals and properties; the libraries that read crystals are not needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import UserError, did_you_mean
from ..reading.csv_table import CsvTable, open_table
from ..reading.file_kinds import kind_of
from ..reading.source import Source


def require_columns(path: Path, names: Sequence[str]) -> None:
    """Raises ``UserError`` where ``path`` is not a CSV, or lacks ``cif`` or one of these columns."""
    with property_columns(path, names):
        pass


@contextmanager
def property_columns(path: Path, names: Sequence[str]) -> Iterator[CsvTable]:
    """A CSV with a column ``cif`` and columns of these names. Raises ``UserError``."""
    if not path.is_file():
        raise UserError(f"{path} does not exist." if not path.exists() else f"{path} is a folder: give a CSV.")
    kind, stem = kind_of(path.name)
    if kind != "csv":
        raise UserError(f"{path} is not a CSV: give a table with a column `cif` whose name ends in .csv.")
    with open_table(Source.of(path, kind, stem)) as table:
        for name in names:
            if name not in table.header:
                hint = did_you_mean(name, table.header)
                raise UserError(f"{path} has no column {name!r}.{hint} It has: {', '.join(table.header)}.")
        yield table
