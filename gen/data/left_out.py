"""Crystals left out of a data set, and the table of their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..plain_text import as_cell


@dataclass(frozen=True)
class LeftOut:
    """A crystal that is not in the data set, and the reason."""

    name: str
    formula: str
    reason: str


def write_reasons(left_out: Sequence[LeftOut], path: Path) -> None:
    """Writes the crystals left out as a table of plain cells."""
    rows = [{column: as_cell(text) for column, text in vars(one).items()} for one in left_out]
    pd.DataFrame(rows, columns=["name", "formula", "reason"]).to_csv(path, index=False)
