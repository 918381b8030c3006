"""A user's table: CIFs in one column, custom properties in others; cells may be empty."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..callbacks import ProgressCallback, no_callback
from ..cell_limits import MAX_PREDICTED_ATOMS
from ..crystal import Crystal
from ..errors import UserError
from ..reading.cif_reader import Unreadable
from ..reading.read_crystals import read_crystals
from ..symmetry.orbits import Orbits
from .build_dataset import to_orbits
from .dataset import OrbitDataset
from .left_out import LeftOut
from .property_columns import property_columns

GAPS = ("", "nan", "na", "n/a", "none", "null", "-")
ReadRows: TypeAlias = Callable[[Path], Iterable[Crystal | Unreadable]]
MAX_NAMED = 10  # rows named in a message


@dataclass(frozen=True, eq=False)
class PropertyTable:
    """The usable rows of a table.

    symbol     meaning                                                shape
    data       their orbits, and their place in the table as id        n crystals
    groups     the same number for the same composition                (n,)
    values     of each requested property, NaN in gaps                 (n, q)
    left_out   rows that are not crystals, with their row number as name
    empty      rows without any of the properties
    """

    data: OrbitDataset
    groups: NDArray[np.int64]
    values: NDArray[np.float64]
    left_out: tuple[LeftOut, ...]
    empty: int


def read_property_table(
    path: Path,
    names: Sequence[str],
    heaviest: int,
    watch: ProgressCallback = no_callback,
    read: ReadRows = read_crystals,
) -> PropertyTable:
    """Usable rows of a CSV; rows are counted from 1 without the header. ``read`` gives one entry for each row.

    Raises ``UserError`` for a table without a ``cif`` column or one of the properties, or with text instead of numbers.
    """
    values = read_values(path, names)
    kept: list[Orbits] = []
    rows: list[int] = []
    left_out: list[LeftOut] = []
    formulas: list[str] = []
    empty = int(np.isnan(values).all(1).sum())
    for number, (crystal, value) in enumerate(zip(read(path), values, strict=False), start=1):
        watch(number, len(values))
        if np.isnan(value).all():
            continue
        if isinstance(crystal, Unreadable):
            left_out.append(LeftOut(str(number), "", crystal.reason))
            continue
        if crystal.atomic_numbers.max() > heaviest:
            reason = f"the models know elements up to atomic number {heaviest}"
            left_out.append(LeftOut(str(number), crystal.formula, reason))
            continue
        orbits = to_orbits(crystal, verify=False)
        if isinstance(orbits, LeftOut):
            left_out.append(LeftOut(str(number), orbits.formula, orbits.reason))
        elif orbits.n_atoms > MAX_PREDICTED_ATOMS:
            reason = f"{orbits.n_atoms} atoms in the primitive cell, more than {MAX_PREDICTED_ATOMS}"
            left_out.append(LeftOut(str(number), crystal.formula, reason))
        else:
            kept.append(orbits)
            rows.append(number - 1)
            formulas.append(crystal.formula)
    data = OrbitDataset.of(kept, [str(row + 1) for row in rows])
    groups = np.unique(formulas, return_inverse=True)[1].astype(np.int64) if formulas else np.zeros(0, dtype=np.int64)
    return PropertyTable(data, groups, values[rows], tuple(left_out), empty)


def read_values(path: Path, names: Sequence[str]) -> NDArray[np.float64]:
    """The columns of these names, (rows, q); raises ``UserError`` for a column that is missing or holds text."""
    with property_columns(path, names) as table:
        places = [table.header.index(name) for name in names]
        texts = [_cells(row, places) for row in table.rows]
    for k, name in enumerate(names):
        wrong = [(number, row[k]) for number, row in enumerate(texts, start=1) if not _is_number_or_gap(row[k])]
        if wrong:
            listed = ", ".join(f"{number} ({text[:20]!r})" for number, text in wrong[:MAX_NAMED])
            more = f" and {len(wrong) - MAX_NAMED} more" if len(wrong) > MAX_NAMED else ""
            raise UserError(
                f"{path}: column {name} is not a number in row {listed}{more} (counted without the header): "
                "write numbers, or leave the cell empty."
            )
    return np.array([[_number(text) for text in row] for row in texts], dtype=np.float64).reshape(-1, len(names))


def _cells(row: list[str] | str, places: Sequence[int]) -> list[str]:
    """The texts of a row in these columns; gaps where the row is too short or unreadable."""
    return [row[k] if isinstance(row, list) and k < len(row) else "" for k in places]


def _is_number_or_gap(text: str) -> bool:
    if text.strip().lower() in GAPS:
        return True
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str) -> float:
    return math.nan if text.strip().lower() in GAPS else float(text)
