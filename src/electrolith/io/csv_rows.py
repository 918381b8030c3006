"""Rows of a CSV file as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

ANSWERS = {True: "yes", False: "no", None: "unknown"}


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as text; reasons are put on one line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([" ".join(v.split()) if isinstance(v, str) else v for v in values] for values in rows)
    return buffer.getvalue()
