"""What a run of ``electrolith generate`` asked for, from the table beside its crystals."""

from __future__ import annotations

import csv
from pathlib import Path

TABLE = "crystals.csv"
ID, SPACE_GROUP = "id", "space_group_asked"  # columns of that table


def groups_asked(path: Path) -> dict[str, int]:
    """Space group asked for of each crystal by name; empty where no such table lies in, or beside, ``path``."""
    for folder in (path, path.parent):
        table = folder / TABLE
        if folder.is_dir() and table.is_file():
            with table.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
            return {r[ID]: int(r[SPACE_GROUP]) for r in rows if r.get(ID) and (r.get(SPACE_GROUP) or "").isdigit()}
    return {}
