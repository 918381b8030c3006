"""Known compounds from a custom table, instead of those that ship with the package."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...gen.data.known_compounds import HullEntries
from ...gen.errors import UserError
from ...gen.reading.csv_table import open_table
from ...gen.reading.source import Source
from .formulas import composition_of

FORMULA, FORMATION_ENERGY = "formula", "formation_energy_per_atom"  # the columns; eV/atom


def read_compounds(path: Path) -> HullEntries:
    """Compounds of a table with the columns ``formula`` and ``formation_energy_per_atom`` (eV/atom).

    The elements are added with energy zero, the zero of formation energies. Raises ``UserError``.
    """
    from pymatgen.core import Composition, Element

    if not path.is_file():
        raise UserError(f"There is no file {path}: give a table of compounds.")
    compounds: list[tuple[Any, float]] = []
    for formula, energy in _rows(path):
        try:
            composition = _whole(formula)
        except UserError as error:
            raise UserError(f"{path}: {error}") from error
        if not math.isfinite(energy):
            raise UserError(f"{path}: the formation energy of {formula[:60]} is not a number.")
        if len(composition) > 1:
            compounds.append((composition, float(energy)))
    found = {element for composition, _ in compounds for element in composition}
    compounds += [(Composition({element: 1}), 0.0) for element in found | {Element("Li")}]
    pairs = [sorted((e.Z, round(n)) for e, n in composition.items()) for composition, _ in compounds]
    flat = np.array([pair for formula in pairs for pair in formula])
    start = np.concatenate([[0], np.cumsum([len(formula) for formula in pairs])])
    return HullEntries(start, flat[:, 0], flat[:, 1], np.array([energy for _, energy in compounds]))


@lru_cache(maxsize=100_000)
def _whole(formula: str) -> Any:
    """The composition with whole numbers of atoms. Raises ``UserError``."""
    from pymatgen.core import Composition

    try:
        return Composition(composition_of(formula).get_integer_formula_and_factor(max_denominator=1000)[0])
    except (ValueError, ArithmeticError, LookupError) as error:
        raise UserError(f"{formula[:60]!r} is not a formula of whole numbers of atoms.") from error


def _rows(path: Path) -> Iterator[tuple[str, float]]:
    """Formulas, of which NaN is sodium nitride and no gap, and formation energies; NaN where one is not a number."""
    if path.suffix == ".parquet":
        import pandas as pd

        try:
            table = pd.read_parquet(path, columns=[FORMULA, FORMATION_ENERGY])
        except Exception as error:  # pyarrow has many
            reason = str(error).strip().partition("\n")[0][:200]
            raise UserError(
                f"{path} cannot be read as a table of {FORMULA} and {FORMATION_ENERGY}: {reason}"
            ) from error
        yield from zip(map(str, table[FORMULA]), map(_number, table[FORMATION_ENERGY]), strict=True)
        return
    with open_table(Source.of(path, "csv", path.stem), (FORMULA, FORMATION_ENERGY)) as table:
        places = [table.column(name) for name in (FORMULA, FORMATION_ENERGY)]
        for number, row in enumerate(table.rows, start=1):
            if isinstance(row, str) or len(row) <= max(places):
                raise UserError(f"{path}: row {number} (counted without the header) has too few columns.")
            yield row[places[0]].strip(), _number(row[places[1]])


def _number(value: Any) -> float:
    try:
        return float(value)
    except (ValueError, TypeError):
        return math.nan
