"""Columns that the tables of other projects have: names, CIFs, properties."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

CIF = "cif"
NAME_COLUMNS = ("material_id", "id", "name")
SAME_PROPERTY = {  # name in other data sets → name in electrolith, same unit
    "e_above_hull": "energy_above_hull",
    "dft_band_gap": "band_gap",
    "dft_bulk_modulus": "bulk_modulus",
    "ml_bulk_modulus": "bulk_modulus",
    "dft_shear_modulus": "shear_modulus",
}


def row_name(row: Mapping[str, Any], stem: str, number: int) -> str:
    """The name of a row: its id, or the name of the file and the number of the row."""
    by_lower = {str(column).lower(): value for column, value in row.items()}
    names = (by_lower.get(column) for column in NAME_COLUMNS)
    return next((str(name) for name in names if name not in (None, "") and name == name), f"{stem}-{number}")  # noqa: PLR0124


def row_info(row: Mapping[str, Any]) -> dict[str, Any]:
    """The known scalars of a row, under electrolith's names as well."""
    scalars = {k: v for k, v in row.items() if isinstance(v, str | int | float) and k.lower() != CIF}
    known = {k: v for k, v in scalars.items() if k and v != "" and not (isinstance(v, float) and math.isnan(v))}
    return {ours: known[theirs] for theirs, ours in SAME_PROPERTY.items() if theirs in known} | known
