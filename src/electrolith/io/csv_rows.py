"""Rows of a CSV file as text, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..gen.plain_text import as_cell, from_cell

ANSWERS = {True: "yes", False: "no", None: "unknown"}


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as text; each text is one line that no spreadsheet takes for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows(cells(values) for values in rows)
    return buffer.getvalue()


def cells(values: Iterable[object]) -> list[object]:
    """The values of a row, its texts as cells of a table."""
    return [as_cell(value) if isinstance(value, str) else value for value in values]


def csv_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table that ``csv_text`` wrote, by column, with the texts as they were."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {column: from_cell(text) for column, text in row.items() if isinstance(text, str)}
