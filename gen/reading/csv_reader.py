"""Crystals of a CSV with a ``cif`` column (CDVAE, DiffCSP, MatterGen)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ..plain_text import from_cell
from .cif_reader import Unreadable, crystals_of_cif
from .csv_table import open_table
from .part import Entry, Part
from .source import Source
from .table_columns import CIF, NAME_COLUMNS, row_info, row_name

LONGEST_NUMBER = 40  # characters


def rows_of_csv(source: Source) -> Iterator[Part]:
    """The rows; each is one crystal with its other columns in ``info``.

    Raises ``UserError`` at once when there is no ``cif`` column.
    """
    with open_table(source):
        pass
    return _parts(source)


def _parts(source: Source) -> Iterator[Part]:
    with open_table(source) as table:
        place = table.column(CIF)
        for number, cells in enumerate(table.rows, start=1):
            if isinstance(cells, str):
                name = f"{source.name}-{number}"
                yield Part(name, partial(_unreadable, name, cells))
            else:
                row = {k: _value(k, v) for k, v in zip(table.header, cells, strict=False) if k}
                name = row_name(row, source.name, number)
                cif = cells[place] if place < len(cells) else None
                yield Part(name, partial(_crystal_of_row, cif, row, name))


def _unreadable(name: str, reason: str) -> Iterator[Entry]:
    yield Unreadable(name, reason)


def _crystal_of_row(cif: str | None, row: dict[str, str | float], name: str) -> Iterator[Entry]:
    if cif is None:
        yield Unreadable(name, "the row ends before its column `cif`")
        return
    read = list(crystals_of_cif(cif, name))
    if len(read) != 1:
        yield Unreadable(name, f"a row is one crystal, but its CIF holds {len(read)} structures")
    else:
        yield read[0] if isinstance(read[0], Unreadable) else replace(read[0], info=row_info(row))


def _value(column: str, text: str) -> str | float:
    """A number where the text is one; names stay text."""
    if column.lower() in NAME_COLUMNS:
        return from_cell(text)
    if len(text) > LONGEST_NUMBER:
        return text
    try:
        return float(text)
    except ValueError:
        return text
