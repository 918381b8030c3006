"""The lines of each row of a table of text. A quotation mark that is not closed costs its own row only.

A row goes on over lines while a quotation mark is open. Where the mark that closes it has text behind it, and the line
would begin a row of its own, the row before it is damaged. A line begins a row if it opens a quoted cell or, in a table
without CIFs, has all cells. Each line is looked at twice at most, and ``LARGEST_ROW`` characters are kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from .source import in_units

QUOTE = '"'
LARGEST_ROW = 10_000_000  # characters; a CIF of 20,000 atoms has 2 MB
NOT_CLOSED = "a quotation mark in it is not closed"


class LineEnd(NamedTuple):
    """The state at the end of a line.

    symbol    meaning
    is_open   whether a quoted cell goes on in the next line
    is_clean  whether quotation marks stand only at the ends of cells
    cells     separators outside of quotes
    """

    is_open: bool
    is_clean: bool
    cells: int


INSIDE = LineEnd(True, True, 0)


def line_end(line: str, separator: str, is_open: bool = False) -> LineEnd:
    """The state at the end of a line that begins with a cell, or inside a quoted one (``is_open``)."""
    if is_open and QUOTE not in line:
        return INSIDE
    place, is_clean, cells = 0, True, 0
    while True:
        if not is_open and line.startswith(QUOTE, place):
            is_open, place = True, place + 1
        was_quoted = is_open
        while is_open:
            place = line.find(QUOTE, place) + 1
            if not place:
                return LineEnd(True, is_clean, cells)
            is_open = line.startswith(QUOTE, place)  # two of them are one of the text
            place += is_open
        end = line.find(separator, place)
        rest = line[place:] if end < 0 else line[place:end]
        is_clean &= not rest.strip() if was_quoted else QUOTE not in rest
        if end < 0:
            return LineEnd(False, is_clean, cells)
        place, cells = end + 1, cells + 1


class RowLines:
    """The rows of a table, each as its lines, or the reason why it is not one.

    symbol     meaning
    separator  of the cells
    columns    number of cells of a whole row
    has_cifs   whether a row holds a CIF, which has several lines
    ahead      lines that were read too early
    seen       number of these that were looked at before: each is a row of its own
    """

    def __init__(self, lines: Iterator[str], separator: str, columns: int, has_cifs: bool) -> None:
        self.lines, self.separator, self.columns, self.has_cifs = lines, separator, columns, has_cifs
        self.ahead: deque[str] = deque()
        self.seen = 0

    def __iter__(self) -> Iterator[list[str] | str]:
        for first in self._left():
            was_seen, self.seen = self.seen > 0, max(self.seen - 1, 0)
            if len(first) > LARGEST_ROW:
                yield _too_large()
            elif QUOTE not in first or not line_end(first, self.separator).is_open:
                yield [first]
            else:
                yield NOT_CLOSED if was_seen else self._until_closed(first)

    def _left(self) -> Iterator[str]:
        """The lines that are left."""
        while self.ahead or (line := next(self.lines, "")):
            yield self.ahead.popleft() if self.ahead else line

    def _until_closed(self, first: str) -> list[str] | str:
        """The lines of a row whose first line ends within a quoted cell, or why they are none."""
        row, size = [first], len(first)
        for line in self._left():
            end = line_end(line, self.separator, is_open=True)
            if not end.is_clean and self._begins_row(line):
                self._go_back(row[1:])
                self.ahead.append(line)
                return NOT_CLOSED
            row.append(line)
            size += len(line)
            if size > LARGEST_ROW:
                self._go_back(row[1:])
                self._skip()
                return f"{_too_large()}, or {NOT_CLOSED}"
            if not end.is_open:
                return row
        self._go_back(row[1:])
        return NOT_CLOSED

    def _go_back(self, lines: list[str]) -> None:
        """Reading goes on at the first of these lines that begins a row, if one does."""
        place = next((place for place, line in enumerate(lines) if self._begins_row(line)), len(lines))
        self.ahead.extend(lines[place:])
        self.seen = len(self.ahead)

    def _skip(self) -> None:
        """Reading goes on at the next line that begins a row, or where the quotation mark is closed."""
        for line in () if self.ahead else self._left():
            if self._begins_row(line):
                self.ahead.append(line)
                return
            if not line_end(line, self.separator, is_open=True).is_open:
                return

    def _begins_row(self, line: str) -> bool:
        """Whether a line begins a row, however the row before it ends."""
        if self.has_cifs and QUOTE not in line:
            return False
        end = line_end(line, self.separator)
        if not end.is_open:
            return end.is_clean and not self.has_cifs and end.cells + 1 == self.columns
        is_end_of_cell = line.startswith(QUOTE) and line[1:].strip(" ")[:1] in (self.separator, "\r", "\n", "")
        return end.is_clean and not is_end_of_cell


def _too_large() -> str:
    return f"it has more than {in_units(LARGEST_ROW)}: too large to read"
