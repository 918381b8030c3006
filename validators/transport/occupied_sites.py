"""Site energies of the mobile ions of a crystal, from the field of ``bond_valence``.

What an ion in the highest of them needs to reach the pass is a detail of the check ``barrier``. The barrier itself
counts from the lowest point of the field (``migration_barriers``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

REACH = 0.6  # Å around an ion: it lies in the minimum next to it, not at the point of the grid


def occupied_energies(field: NDArray[np.float64], crystal: Crystal, number: int) -> NDArray[np.float64]:
    """The lowest value of a periodic field (nx, ny, nz) within ``REACH`` of each atom of an element, (m,)."""
    shape = np.array(field.shape)
    heights = 1 / np.linalg.norm(np.linalg.inv(crystal.lattice), axis=0)
    half = np.ceil(REACH / heights * shape).astype(np.int64)
    steps = np.stack(np.meshgrid(*(np.arange(-h, h + 1) for h in half), indexing="ij"), -1).reshape(-1, 3)
    energies = []
    for place in crystal.frac_coords[crystal.atomic_numbers == number]:
        centre = np.round(place * shape).astype(np.int64)
        points = steps + centre
        distances = np.linalg.norm((points / shape - place) @ crystal.lattice, axis=1)
        near = points[distances <= max(REACH, float(distances.min()))] % shape
        energies.append(float(field[tuple(near.T)].min()))
    return np.array(energies)
