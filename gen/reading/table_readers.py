"""Crystals from tables: a CSV with a ``cif`` column (CDVAE, DiffCSP, MatterGen), or a parquet of one crystal a row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..crystal import Crystal
from ..errors import UserError
from ..plain_text import from_cell
from .cif_reader import Unreadable, crystals_of_cif, first_line, valid_crystal

NAME_COLUMNS = ("material_id", "id", "name")
SAME_PROPERTY = {  # name in other data sets → name in electrolith, same unit
    "e_above_hull": "energy_above_hull",
    "dft_band_gap": "band_gap",
    "dft_bulk_modulus": "bulk_modulus",
    "ml_bulk_modulus": "bulk_modulus",
    "dft_shear_modulus": "shear_modulus",
}
LONGEST_CIF = 100_000_000  # characters
PARQUET_COLUMNS = ("atomic_numbers", "frac_coords", "lattice_parameters")


def crystals_of_csv(path: Path) -> Iterator[Crystal | Unreadable]:
    """One crystal per row, its other columns in ``info``. Raises ``UserError`` when there is no ``cif`` column."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        header = next(csv.reader(stream), [])
    if "cif" not in header:
        raise UserError(f"{path} has no column `cif`: give each crystal's CIF as text in a column of that name.")
    return _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[Crystal | Unreadable]:
    csv.field_size_limit(LONGEST_CIF)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for number, texts in enumerate(csv.DictReader(stream), start=1):
            row = {k: _value(k, v) for k, v in texts.items() if isinstance(k, str) and isinstance(v, str)}
            name = _name(row, path.stem, number)
            read = list(crystals_of_cif(str(row.get("cif", "")), name))
            if len(read) > 1:
                yield Unreadable(name, f"a row is one crystal, but its CIF holds {len(read)} structures")
            else:
                yield from (c if isinstance(c, Unreadable) else replace(c, info=_info(row)) for c in read)


def _value(column: str, text: str) -> str | float:
    """A number where the text is one; names and CIFs stay text."""
    if column in (*NAME_COLUMNS, "cif"):
        return text if column == "cif" else from_cell(text)
    try:
        return float(text)
    except ValueError:
        return text


def crystals_of_parquet(path: Path) -> Iterator[Crystal | Unreadable]:
    """One crystal per row: ``atomic_numbers`` (n,), ``frac_coords`` (3n,), ``lattice_parameters`` (Å and °).

    Raises ``UserError`` when a column is missing.
    """
    try:
        table = pd.read_parquet(path)
    except Exception as error:  # pyarrow and the file system have their own errors
        raise UserError(f"{path} is not a readable parquet file: {first_line(error)}") from error
    missing = [column for column in PARQUET_COLUMNS if column not in table.columns]
    if missing:
        raise UserError(f"{path} lacks the columns {', '.join(missing)}; it has {', '.join(map(str, table.columns))}.")
    return (_parquet_row(row, path.stem, k) for k, row in enumerate(_records(table), start=1))


def _parquet_row(row: dict[str, Any], stem: str, number: int) -> Crystal | Unreadable:
    from pymatgen.core import Lattice

    name = _name(row, stem, number)
    try:
        lattice = Lattice.from_parameters(*row["lattice_parameters"]).matrix
        return valid_crystal(Crystal.of(lattice, row["frac_coords"], row["atomic_numbers"], name, _info(row)))
    except (ValueError, TypeError) as error:
        return Unreadable(name, first_line(error))


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [str(c) for c in table.columns]
    return (dict(zip(columns, row, strict=True)) for row in table.itertuples(index=False, name=None))


def _name(row: dict[str, Any], stem: str, number: int) -> str:
    return next((str(row[c]) for c in NAME_COLUMNS if row.get(c) not in (None, "")), f"{stem}-{number}")


def _info(row: dict[str, Any]) -> dict[str, Any]:
    """The known scalars of a row, under electrolith's names as well."""
    scalars = {k: v for k, v in row.items() if isinstance(v, str | int | float) and k != "cif"}
    known = {k: v for k, v in scalars.items() if k and v != "" and not (isinstance(v, float) and math.isnan(v))}
    return {ours: known[theirs] for theirs, ours in SAME_PROPERTY.items() if theirs in known} | known
