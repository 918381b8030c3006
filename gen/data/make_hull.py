"""Builds ``hull.npz``: ``python -m electrolith.gen.data.make_hull formation_energies.parquet``.

The table has a ``formula`` and its lowest ``formation_energy_per_atom`` (eV) per row. Compounds with a positive
formation energy are left out: the elements alone lie below them, so they never are part of a hull.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from pymatgen.core import Composition

from .known_compounds import HULL, SCHEME, HullEntries


def entries_of_table(path: Path) -> HullEntries:
    """The compounds of a table that can be part of a hull."""
    table = pd.read_parquet(path)
    compositions = [Composition(formula) for formula in table.formula]
    energy = table.formation_energy_per_atom.to_numpy(dtype=np.float64)
    energy[[len(c) == 1 for c in compositions]] = 0.0  # the elements are the zero of formation energies
    kept = np.flatnonzero(energy <= 0)
    pairs = [sorted((e.Z, round(n)) for e, n in compositions[i].items()) for i in kept]
    flat = np.array([pair for formula in pairs for pair in formula])
    start = np.concatenate([[0], np.cumsum([len(formula) for formula in pairs])])
    return HullEntries(start, flat[:, 0], flat[:, 1], energy[kept], SCHEME)


if __name__ == "__main__":
    entries = entries_of_table(Path(sys.argv[1]))
    entries.save(HULL)
    print(f"{len(entries)} compounds, {HULL.stat().st_size / 1e6:.2f} MB: {HULL}")
