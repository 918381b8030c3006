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
    among the columns, and where an element is given up, a compound that is used up; otherwise, or without an end, the
    general solver of scipy.
    """
    basis = _start(costs, columns, required)
    solved = None if basis is None else _steps(costs, columns, required, basis)
    if solved is None:
        return _general(costs, columns, required)
    basis, amounts = solved
    x = np.zeros(len(costs))
    x[basis] = amounts
    return float(costs[basis] @ amounts), x


def _start(costs: Array, columns: Array, required: Array) -> NDArray[np.int64] | None:
    """Columns with which x ≥ 0: the pure ones, and where one row needs less than zero a column without gains."""
    basis, negative = _pure(costs, columns), np.flatnonzero(required < 0)
    if basis is None or len(negative) == 0:
        return basis
    used_up = np.flatnonzero((columns <= 0).all(0) & (columns[negative[0]] < 0))
    if len(negative) > 1 or len(used_up) == 0:
        return None
    basis[negative[0]] = used_up[0]
    return basis


def _pure(costs: Array, columns: Array) -> NDArray[np.int64] | None:
    """For each row the cheapest column that is positive there and zero elsewhere; None where a row has none."""
    single = np.flatnonzero(((columns != 0).sum(0) == 1) & (columns.max(0) > 0))
    rows = columns[:, single].argmax(0)
    order = np.lexsort((costs[single] / columns[rows, single], rows))
    found, first = np.unique(rows[order], return_index=True)
    return single[order[first]] if len(found) == len(columns) else None


def _steps(
    costs: Array, columns: Array, required: Array, basis: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array] | None:
    """The columns in use at the minimum and their amounts; None without an end."""
    inverse = np.asarray(np.linalg.inv(columns[:, basis]), dtype=np.float64)
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
