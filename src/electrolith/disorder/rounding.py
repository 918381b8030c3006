"""Whole numbers of atoms on each class of places of a supercell: neutral, and as close to the shares as possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from ..gen.disordered_crystal import FULL_SHARE
from .average_cell import AverageCell
from .formal_charges import FormalCharges

BY_ELEMENT = 2.0  # weight of the numbers of an element in the whole cell against those on one class
BY_SHARE = 20.0  # weight of the largest change of a share


@dataclass(frozen=True, eq=False)
class Rounding:
    """Whole numbers of atoms in a supercell.

    symbol     meaning
    size       primitive cells in the supercell
    numbers    numbers of atoms of each element on each class of places, class by class
    deviation  largest change of a share
    """

    size: int
    numbers: tuple[Mapping[int, int], ...]
    deviation: float

    @property
    def counts(self) -> dict[int, int]:
        """Number of atoms of each element in the supercell."""
        total: dict[int, int] = {}
        for numbers in self.numbers:
            for z, n in numbers.items():
                total[z] = total.get(z, 0) + n
        return {z: n for z, n in total.items() if n}


def rounded(cell: AverageCell, size: int, charges: FormalCharges | None) -> Rounding | None:
    """The neutral rounding of a supercell of ``size`` cells with the least deviation; None where there is none.

    Without ``charges``, and where an element has two valences, which make up for any charge, the nearest numbers.
    """
    mixed = cell.mixed
    places = cell.sizes * size
    kinds = [(c, z) for c in mixed for z in cell.shares[c]]
    numbers = np.zeros(0)
    if kinds:
        solution = _solve(cell, kinds, places, charges)
        if solution is None:
            return None
        numbers = solution
    elif charges is not None and charges.mixed_valence is None and abs(charges.net(cell.counts)) > 1e-6:
        return None
    found: list[dict[int, int]] = [{z: int(places[c]) for z in share} for c, share in enumerate(cell.shares)]
    deviation = 0.0
    for (c, z), n in zip(kinds, numbers, strict=True):
        found[c][z] = round(float(n))
        deviation = max(deviation, abs(found[c][z] / places[c] - cell.shares[c][z]))
    return Rounding(size, tuple(found), deviation)


def _solve(
    cell: AverageCell, kinds: list[tuple[int, int]], places: NDArray[np.int64], charges: FormalCharges | None
) -> NDArray[np.float64] | None:
    """Numbers (k,) of the kinds (class, element) by mixed-integer programming.

    Variables: the numbers, their deviations, the deviations of the elements' totals, the largest change of a share.
    """
    k, elements = len(kinds), sorted({z for _, z in kinds})
    target = np.array([cell.shares[c][z] * places[c] for c, z in kinds])
    columns = 2 * k + len(elements) + 1
    rows, low, high = [], [], []

    def add(entries: Mapping[int, float], least: float, most: float) -> None:
        row = np.zeros(columns)
        for column, value in entries.items():
            row[column] = value
        rows.append(row)
        low.append(least)
        high.append(most)

    for v, (c, _) in enumerate(kinds):
        for sign in (1.0, -1.0):
            add({v: sign, k + v: -1.0}, -np.inf, sign * target[v])
            add({v: sign, columns - 1: -float(places[c])}, -np.inf, sign * target[v])
    for e, z in enumerate(elements):
        mine = [v for v, (_, other) in enumerate(kinds) if other == z]
        for sign in (1.0, -1.0):
            add({**dict.fromkeys(mine, sign), 2 * k + e: -1.0}, -np.inf, sign * float(target[mine].sum()))
    for c in dict.fromkeys(c for c, _ in kinds):
        mine = [v for v, (other, _) in enumerate(kinds) if other == c]
        is_full = sum(cell.shares[c].values()) >= FULL_SHARE
        add(dict.fromkeys(mine, 1.0), float(places[c]) if is_full else 0.0, float(places[c]))
    if charges is not None and charges.mixed_valence is None:
        fixed = sum(
            charges.of[z] * places[c] for c, share in enumerate(cell.shares) if c not in cell.mixed for z in share
        )
        add({v: charges.of[z] for v, (_, z) in enumerate(kinds)}, -float(fixed), -float(fixed))
    cost = np.concatenate([np.zeros(k), np.ones(k), np.full(len(elements), BY_ELEMENT), [BY_SHARE]])
    whole = np.concatenate([np.ones(k), np.zeros(columns - k)])
    found = milp(
        cost, integrality=whole, bounds=Bounds(0, np.inf), constraints=LinearConstraint(np.array(rows), low, high)
    )
    return found.x[:k] if found.x is not None else None
