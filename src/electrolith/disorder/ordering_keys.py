"""Keys of orderings that are equal for orderings that an operation of the supercell moves onto each other.

The key is the least sum of random weights of the variables over all operations, for two sets of weights: others than
equivalent orderings have equal keys with a probability of 10⁻¹⁸ only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ordering_energy import OrderingEnergy

DIGITS = 9


class OrderingKeys:
    """The keys of all orderings of one supercell."""

    def __init__(self, energy: OrderingEnergy) -> None:
        moved = np.empty((len(energy.linear), len(energy.supercell.permutations)), dtype=np.int64)
        for group in energy.classes:
            start = energy.variables[group.places]
            target = energy.variables[energy.supercell.permutations[:, group.places]].T
            for k in range(len(group.contents)):
                moved[start + k] = target + k
        one, other = np.random.default_rng(1).random((2, len(moved)))
        self.weights = one[moved], other[moved]

    def __call__(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Keys (k, 2) of orderings x (k, v)."""
        return np.round(np.stack([(vectors @ weights).min(axis=1) for weights in self.weights], axis=1), DIGITS)
