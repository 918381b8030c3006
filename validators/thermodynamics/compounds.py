"""Known compounds from a custom table, instead of those that ship with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...gen.data.known_compounds import HullEntries
from ...gen.errors import UserError

FORMULA, FORMATION_ENERGY = "formula", "formation_energy_per_atom"  # the columns; eV/atom


def read_compounds(path: Path) -> HullEntries:
    """Compounds of a table with the columns ``formula`` and ``formation_energy_per_atom`` (eV/atom).

    The elements are added with energy zero, the zero of formation energies. Raises ``UserError``.
    """
    import pandas as pd
    from pymatgen.core import Composition, Element

    if not path.is_file():
        raise UserError(f"There is no file {path}: give a table of compounds.")
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise UserError(f"{path} cannot be read as a table: {error}") from error
    missing = [name for name in (FORMULA, FORMATION_ENERGY) if name not in table]
    if missing:
        raise UserError(f"{path} needs a column {' and one '.join(missing)} (eV/atom).")
    compounds: list[tuple[Any, float]] = []
    for formula, energy in zip(table[FORMULA], table[FORMATION_ENERGY], strict=True):
        try:
            composition = Composition(str(formula), strict=True)
            counts = composition.get_integer_formula_and_factor(max_denominator=1000)[0]
        except ValueError as error:
            raise UserError(f"{path}: {formula!r} is not a formula.") from error
        if not np.isfinite(energy):
            raise UserError(f"{path}: the formation energy of {formula} is not a number.")
        if len(composition) > 1:
            compounds.append((Composition(counts), float(energy)))
    found = {element for composition, _ in compounds for element in composition}
    compounds += [(Composition({element: 1}), 0.0) for element in found | {Element("Li")}]
    pairs = [sorted((e.Z, round(n)) for e, n in composition.items()) for composition, _ in compounds]
    flat = np.array([pair for formula in pairs for pair in formula])
    start = np.concatenate([[0], np.cumsum([len(formula) for formula in pairs])])
    return HullEntries(start, flat[:, 0], flat[:, 1], np.array([energy for _, energy in compounds]))
