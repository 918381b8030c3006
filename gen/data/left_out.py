"""Crystals left out of a data set, and the table of their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class LeftOut:
    """A crystal that is not in the data set, and the reason."""

    name: str
    formula: str
    reason: str


def write_reasons(left_out: Sequence[LeftOut], path: Path) -> None:
    """Writes the crystals left out as a table."""
    pd.DataFrame([vars(x) for x in left_out], columns=["name", "formula", "reason"]).to_csv(path, index=False)
