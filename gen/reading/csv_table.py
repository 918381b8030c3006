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
from .source import Source, TooLarge, in_units
from .table_columns import CIF

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
QUOTE = '"'
SHOWN = 20  # columns named in a message
LONGEST_HEADER = 1_000_000  # characters
LARGEST_ENTRY = 10_000_000  # characters of a row; a CIF of 20,000 atoms has 2 MB
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
    csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)  # ``_RowLines`` has the limit
    with source.lines() as lines:
        first = _RowLines(lines)
        try:
            head = "".join(_header_lines(first))
        except (_RowTooLarge, TooLarge) as error:
            raise UserError(
                f"{source.label} has a header of more than {in_units(LONGEST_HEADER)}: {NO_QUOTE}."
            ) from error
        separator = max(SEPARATORS, key=lambda one: _fit(_split(head, one), needed))
        table = CsvTable(tuple(_split(head, separator)), _rows(first, separator))
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


def _header_lines(lines: _RowLines) -> Iterator[str]:
    """The lines of the header, without blank ones before it; more than one where a name holds a line break."""
    is_open = False
    for line in lines:
        if not is_open and not line.strip():
            continue
        if lines.size > LONGEST_HEADER:
            raise _RowTooLarge
        yield line
        is_open ^= line.count(QUOTE) % 2 == 1
        if not is_open:
            return


def _rows(lines: _RowLines, separator: str) -> Iterator[list[str] | str]:
    reader = csv.reader(lines, delimiter=separator)
    while True:
        lines.size = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RowTooLarge:
            yield f"it has more than {in_units(LARGEST_ENTRY)}: too large to read"
            lines.skip_to_end_of_quotes()
            reader = csv.reader(lines, delimiter=separator)
        except csv.Error as error:
            yield f"not a readable row: {first_line(error)}"
            reader = csv.reader(lines, delimiter=separator)
        else:
            if cells:
                yield cells


class _RowTooLarge(Exception):
    """A row has more characters than ``LARGEST_ENTRY``."""


class _RowLines:
    """The lines of a table; ``size``: characters of the present row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.size = lines, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.size += len(line)
        if self.size > LARGEST_ENTRY:
            raise _RowTooLarge
        return line

    def skip_to_end_of_quotes(self) -> None:
        """Skips the rest of a field in quotes: up to a line with an odd number of them."""
        for line in self.lines:
            if line.count(QUOTE) % 2:
                return
