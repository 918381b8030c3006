"""Crystals of a parquet: one a row, as numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..crystal import Crystal
from ..errors import UserError
from .cif_reader import Unreadable, first_line, valid_crystal
from .occupancies import remarks_on_arrays
from .part import Entry, Part
from .source import Source
from .table_columns import NAME_COLUMNS, row_info, row_name

COLUMNS = ("atomic_numbers", "frac_coords", "lattice_parameters")
LARGEST_RADIANS = 4.0  # no cell has three angles below 4°
BATCH = 1000  # rows in memory at once


def rows_of_parquet(source: Source) -> Iterator[Part]:
    """One crystal per row: ``atomic_numbers`` (n,), ``frac_coords`` (3n,), ``lattice_parameters`` (Å and °).

    Raises ``UserError`` at once when a column is missing, or the names are not scalars.
    """
    try:
        with _table(source) as table:
            schema = table.schema_arrow
    except Exception as error:  # pyarrow and the file system have their own errors
        raise UserError(f"{source.label} is not a readable parquet file: {first_line(error)}") from error
    missing = [column for column in COLUMNS if column not in schema.names]
    if missing:
        raise UserError(f"{source.label} lacks the columns {', '.join(missing)}; it has {', '.join(schema.names)}.")
    for column in schema.names:
        if column.lower() in NAME_COLUMNS and schema.field(column).type.num_fields:
            kind = schema.field(column).type
            raise UserError(f"{source.label}: column {column} must hold a text or a number in each row, not {kind}.")
    return _parts(source)


@contextmanager
def _table(source: Source) -> Iterator[Any]:
    import pyarrow.parquet as pq

    place = str(source.path) if source.path is not None else io.BytesIO(source.data())
    with pq.ParquetFile(place) as table:
        yield table


def _parts(source: Source) -> Iterator[Part]:
    with _table(source) as table:
        number = 0
        for batch in table.iter_batches(batch_size=BATCH):
            columns = [batch.schema.names.index(name) for name in dict.fromkeys(batch.schema.names)]
            frame = batch.select(columns).to_pandas(ignore_metadata=True)
            names = [str(name) for name in frame.columns]
            for values in frame.itertuples(index=False, name=None):
                number += 1
                row = dict(zip(names, values, strict=True))
                name = row_name(row, source.name, number)
                yield Part(name, partial(_crystal_of_row, row, name))


def _crystal_of_row(row: dict[str, Any], name: str) -> Iterator[Entry]:
    from pymatgen.core import Lattice

    try:
        lattice = Lattice.from_parameters(*_parameters(row["lattice_parameters"])).matrix
        columns = {key: value for key, value in row.items() if np.ndim(value) == 1}
        remarks = remarks_on_arrays({}, columns)
        numbers = _atomic_numbers(row["atomic_numbers"])
        crystal = Crystal.of(lattice, row["frac_coords"], numbers, name, row_info(row))
        yield valid_crystal(replace(crystal, remarks=remarks))
    except (ValueError, TypeError, OverflowError) as error:
        yield Unreadable(name, first_line(error))


def _parameters(values: Any) -> np.ndarray:
    parameters = np.asarray(values, dtype=np.float64)
    if parameters.shape != (6,):
        raise ValueError("lattice_parameters are not six numbers: a, b, c (Å), alpha, beta, gamma (°)")
    lengths, angles = parameters[:3], parameters[3:]
    if not (np.isfinite(parameters).all() and (lengths > 0).all()):
        raise ValueError(f"lattice_parameters has the lengths {_words(lengths)}: they must be above 0 Å")
    if (angles < LARGEST_RADIANS).all():
        raise ValueError(f"lattice_parameters has the angles {_words(angles)}, which look like radians: give degrees")
    if not ((angles > 0) & (angles < 180)).all():
        raise ValueError(f"lattice_parameters has the angles {_words(angles)}: they must be between 0° and 180°")
    return parameters


def _atomic_numbers(values: Any) -> np.ndarray:
    given = np.asarray(values)
    if given.ndim != 1:
        raise ValueError("atomic_numbers is not a list of numbers, one of each atom")
    if given.dtype == bool or any(isinstance(one, bool | np.bool_) for one in given.ravel().tolist()):
        raise ValueError("atomic_numbers has true and false: give whole numbers from 1 to 118")
    if given.dtype.kind not in "iu":
        given = np.asarray(given, dtype=np.float64)
        if not np.isfinite(given).all() or (given != np.round(given)).any():
            raise ValueError("atomic_numbers are not whole numbers: give those from 1 to 118")
    return given.astype(np.int64)


def _words(values: np.ndarray) -> str:
    return ", ".join(f"{value:g}" for value in values)
