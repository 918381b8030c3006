"""Placements of atoms: which places a class has, what can be on them, and all ways to distribute it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from .average_cell import AverageCell
from .rounding import Rounding
from .supercell import Supercell

VACANT = 0  # atomic number of a vacancy

Choice = tuple[NDArray[np.int64], ...]  # index of the content of each place, class by class


@dataclass(frozen=True, eq=False)
class ClassOfPlaces:
    """The places of a class (m,), the contents that they can have, and how many places have each."""

    places: NDArray[np.int64]
    contents: tuple[int, ...]
    numbers: tuple[int, ...]


def classes_of(
    cell: AverageCell, rounding: Rounding, supercell: Supercell
) -> tuple[list[ClassOfPlaces], NDArray[np.int64], NDArray[np.int64]]:
    """The mixed classes; and place and content of each variable, (v,) each, class by class and place by place."""
    classes, all_places, all_contents = [], [], []
    for c in cell.mixed:
        places = np.flatnonzero(supercell.classes == c)
        numbers = {**rounding.numbers[c], VACANT: len(places) - sum(rounding.numbers[c].values())}
        contents = tuple(z for z, n in numbers.items() if n)
        classes.append(ClassOfPlaces(places, contents, tuple(numbers[z] for z in contents)))
        all_places.append(np.repeat(places, len(contents)))
        all_contents.append(np.tile(contents, len(places)))
    none = np.zeros(0, dtype=np.int64)
    return classes, np.concatenate([none, *all_places]), np.concatenate([none, *all_contents])


def exchanged(choice: Choice, group: int, first: int, second: int) -> Choice:
    """The ordering with the contents of two places of a class exchanged."""
    chosen = choice[group].copy()
    chosen[[first, second]] = chosen[[second, first]]
    return (*choice[:group], chosen, *choice[group + 1 :])


def ways_of(group: ClassOfPlaces) -> int:
    """Number of ways to distribute the contents of a class over its places."""
    left, ways = len(group.places), 1
    for number in group.numbers:
        ways *= comb(left, number)
        left -= number
    return ways


def all_choices(classes: list[ClassOfPlaces]) -> Iterator[Choice]:
    """All ways to place the atoms, each once."""
    if not classes:
        yield ()
        return
    for rest in all_choices(classes[1:]):
        for chosen in _distributions(len(classes[0].places), classes[0].numbers):
            yield (chosen, *rest)


def _distributions(places: int, numbers: tuple[int, ...]) -> Iterator[NDArray[np.int64]]:
    """All sequences with these numbers of 0, 1, …"""

    def fill(chosen: NDArray[np.int64], free: tuple[int, ...], k: int) -> Iterator[NDArray[np.int64]]:
        if k == len(numbers) - 1:
            last = chosen.copy()
            last[list(free)] = k
            yield last
            return
        for some in combinations(free, numbers[k]):
            now = chosen.copy()
            now[list(some)] = k
            yield from fill(now, tuple(p for p in free if p not in some), k + 1)

    yield from fill(np.zeros(places, dtype=np.int64), tuple(range(places)), 0)
