"""The linear programme of mixtures, solved by the simplex method from the pure elements up.

A system has few elements and up to thousands of compounds: a step prices all compounds with one small product, and ten
steps do. A general solver spends ten times as long on its preparations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRICE = 1e-10  # eV/atom by which a compound must lower the energy to enter
PIVOT = 1e-10  # least element of a column by which it can enter
STEPS = 200  # beyond, the steps may go round in a circle

Array = NDArray[np.float64]


def minimum(costs: Array, columns: Array, required: Array) -> tuple[float, Array] | None:
    """Minimum of ``costs @ x`` with ``columns @ x = required`` and x ≥ 0, and its x; None if there is no such x.

    ``costs`` are (k,), ``columns`` (n, k), ``required`` (n,). Dantzig's simplex method where the pure elements are
    among the columns; otherwise, or without an end, the general solver of scipy.
    """
    basis = _pure(costs, columns)
    solved = None if basis is None or (required < 0).any() else _steps(costs, columns, required, basis)
    if solved is None:
        return _general(costs, columns, required)
    basis, amounts = solved
    x = np.zeros(len(costs))
    x[basis] = amounts
    return float(costs[basis] @ amounts), x


def _pure(costs: Array, columns: Array) -> NDArray[np.int64] | None:
    """For each row the cheapest column that is one there and zero elsewhere; None where a row has none."""
    single = np.flatnonzero((columns != 0).sum(0) == 1)
    rows = columns[:, single].argmax(0)
    order = np.lexsort((costs[single], rows))
    found, first = np.unique(rows[order], return_index=True)
    basis = single[order[first]]
    return basis if len(found) == len(columns) and (columns[found, basis] == 1).all() else None


def _steps(
    costs: Array, columns: Array, required: Array, basis: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array] | None:
    """The columns in use at the minimum and their amounts; None without an end."""
    inverse: Array = np.eye(len(basis))
    for _ in range(STEPS):
        amounts = inverse @ required
        reduced = costs - (costs[basis] @ inverse) @ columns
        entering = int(reduced.argmin())
        if reduced[entering] >= -PRICE:
            return basis, np.maximum(amounts, 0.0)
        direction = inverse @ columns[:, entering]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.where(direction > PIVOT, np.maximum(amounts, 0.0) / direction, np.inf)
        leaving = int(ratios.argmin())
        if not np.isfinite(ratios[leaving]):
            return None
        basis[leaving] = entering
        inverse = np.asarray(np.linalg.inv(columns[:, basis]), dtype=np.float64)
    return None


def _general(costs: Array, columns: Array, required: Array) -> tuple[float, Array] | None:
    from scipy.optimize import linprog

    found = linprog(costs, A_eq=columns, b_eq=required, method="highs")
    return (float(found.fun), found.x) if found.success else None
