"""A table of text with any usual separator: its columns, and its rows one after the other."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import UserError
from .cif_reader import first_line
from .csv_lines import QUOTE, RowLines
from .source import Source, TooLarge, in_units
from .table_columns import CIF

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
SHOWN = 20  # columns named in a message
LONGEST_HEADER = 1_000_000  # characters
NO_QUOTE = "too large to read, or a quotation mark lacks"


@dataclass(frozen=True)
class CsvTable:
    """A table: its columns, and its rows as lists of texts, or the reason why a row is not one."""

    header: tuple[str, ...]
    rows: Iterator[list[str] | str]

    def column(self, name: str) -> int:
        """The place of a column, -1 if there is none; the case of ``cif`` does not count."""
        if name == CIF:
            return next((k for k, one in enumerate(self.header) if one.strip().lower() == CIF), -1)
        return self.header.index(name) if name in self.header else -1


@contextmanager
def open_table(source: Source, needed: tuple[str, ...] = (CIF,)) -> Iterator[CsvTable]:
    """A CSV with the separator that its header has. Raises ``UserError`` when a needed column is missing."""
    csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)  # ``csv_lines`` has the limit
    with source.lines() as lines:
        try:
            head = "".join(_header_lines(lines))
        except TooLarge as error:
            raise UserError(
                f"{source.label} has a header of more than {in_units(LONGEST_HEADER)}: {NO_QUOTE}."
            ) from error
        separator = max(SEPARATORS, key=lambda one: _fit(_split(head, one), needed))
        header = tuple(_split(head, separator))
        table = CsvTable(header, _rows(lines, separator, len(header), CIF in needed))
        if missing := [name for name in needed if table.column(name) < 0]:
            raise UserError(_without(source, table, missing, separator))
        yield table


def _without(source: Source, table: CsvTable, missing: list[str], separator: str) -> str:
    names = [" ".join(name[:30].split()) for name in table.header[:SHOWN]]
    shown = ", ".join([*names, *["…"] * (len(table.header) > SHOWN)]) or "none"
    help_ = ": give each crystal's CIF as text in a column of that name" if missing == [CIF] else ""
    if any("_cell_length" in name and "\n" in name for name in table.header):
        return f"{source.label} has no header: its first row is a crystal. Name the columns in a row before it."
    return (
        f"{source.label} has no column {' and no column '.join(f'`{name}`' for name in missing)}{help_}. "
        f"Found, separated by {SEPARATORS[separator]}: {shown}."
    )


def _fit(header: list[str], needed: tuple[str, ...]) -> tuple[int, int]:
    """How well a separator fits: needed columns in the header, then columns."""
    lower = {name.strip().lower() for name in header}
    return len(lower & set(needed)), len(header)


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error as error:
        raise UserError(f"the header of a table is not readable: {first_line(error)}.") from error


def _header_lines(lines: Iterator[str]) -> Iterator[str]:
    """The lines of the header, without blank ones before it; more than one where a name holds a line break."""
    is_open, size = False, 0
    for line in lines:
        if not is_open and not line.strip():
            continue
        size += len(line)
        if size > LONGEST_HEADER:
            raise TooLarge
        yield line
        is_open ^= line.count(QUOTE) % 2 == 1
        if not is_open:
            return


def _rows(source: Iterator[str], separator: str, columns: int, has_cifs: bool) -> Iterator[list[str] | str]:
    lines = RowLines(source, separator, columns, has_cifs)
    for found in lines:
        if isinstance(found, str):
            yield found
            continue
        try:
            cells = next(csv.reader(found, delimiter=separator), [])
        except csv.Error as error:
            yield f"not a readable row: {first_line(error)}"
        else:
            if cells:
                yield cells
