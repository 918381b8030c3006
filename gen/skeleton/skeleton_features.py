"""Input features of Wyckoff positions and elements for the networks on orbits."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..elements import MAX_ELEMENT
from ..symmetry.wyckoff_tables import wyckoff_tables

MAX_LETTERS = 27  # Wyckoff positions of a space group at most
_NOBLE = (0, 2, 10, 18, 36, 54, 86, 118)


@cache
def site_symmetries() -> tuple[NDArray[np.int64], int]:
    """Site-symmetry symbol of each Wyckoff position as an index (1731,), and the number of symbols."""
    names, index = np.unique(wyckoff_tables().site_symmetry, return_inverse=True)
    return index.astype(np.int64), len(names)


@cache
def position_features() -> NDArray[np.float32]:
    """Features (1731, 5): log of the number of sites; 1, 2 or 3 free coordinates, one-hot; log of the site's order."""
    tables = wyckoff_tables()
    dof = np.eye(4)[tables.dof][:, 1:]
    columns = [np.log(tables.op_count)[:, None], dof, np.log(tables.site_count)[:, None]]
    return np.concatenate(columns, axis=1).astype(np.float32)


@cache
def element_features() -> NDArray[np.float32]:
    """Features (MAX_ELEMENT + 1, 29) by atomic number; row 0 is empty.

    Period and group, one-hot; Pauling electronegativity − 1.8; covalent radius − 1.4 Å; lanthanoid; actinoid.
    """
    from ase.data import covalent_radii
    from pymatgen.core import Element

    rows = np.zeros((MAX_ELEMENT + 1, 7 + 18 + 4), dtype=np.float32)
    for z in range(1, MAX_ELEMENT + 1):
        element = Element.from_Z(z)
        period = next(i for i, last in enumerate(_NOBLE) if z <= last)
        x = element.data["X"] if z not in _NOBLE and element.data.get("X") else 2.5
        rows[z, period - 1] = 1
        rows[z, 7 + element.group - 1] = 1
        rows[z, 25:] = (x - 1.8, covalent_radii[z] - 1.4, element.is_lanthanoid, element.is_actinoid)
    return rows
