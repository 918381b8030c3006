"""Random descriptions of a crystal for training: its setting, and the given part of its composition."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..skeleton.conditioning import AT_LEAST, EXACTLY, FORMULA, MAX_GIVEN, NOTHING
from ..symmetry.wyckoff_tables import wyckoff_tables
from ..typed_records import check_ranges, setting


@dataclass(frozen=True)
class CompositionShares:
    """Shares of the crystals of which each part of the composition is given; they sum to 1."""

    nothing: float = setting(0.35, "share of crystals without a given composition", at_least=0, at_most=1)
    at_least: float = setting(0.1, "share of crystals with some of their elements given", at_least=0, at_most=1)
    exactly: float = setting(0.2, "share of crystals with all their elements given", at_least=0, at_most=1)
    formula: float = setting(0.35, "share of crystals with their formula given", at_least=0, at_most=1)

    def __post_init__(self) -> None:
        check_ranges(self)
        if not math.isclose(total := sum(self.by_kind.values()), 1.0):
            raise UserError(f"nothing, at_least, exactly and formula are shares of crystals; they sum to {total:g}.")

    @property
    def by_kind(self) -> dict[int, float]:
        """The share of each kind of ``Context``."""
        return {NOTHING: self.nothing, AT_LEAST: self.at_least, EXACTLY: self.exactly, FORMULA: self.formula}


def equivalent_setting(
    rng: np.random.Generator, space_group: int, positions: NDArray[np.int64], elements: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions and elements (k,) of the same skeleton in a random setting of its group, in canonical order.

    The settings are those that the normaliser of the group makes equivalent (Int. Tables A, ch. 15).
    """
    tables = wyckoff_tables()
    choices = tables.normaliser_of(space_group)
    letters = choices[rng.integers(len(choices))]
    first = int(tables.position_start[space_group])
    moved = first + letters[positions - first]
    order = np.lexsort((elements, moved))
    return moved[order], elements[order]


def given_composition(
    rng: np.random.Generator, elements: NDArray[np.int64], sites: NDArray[np.int64], shares: CompositionShares
) -> tuple[int, dict[int, int]]:
    """A random part of a crystal's composition: its kind, and counts by element as ``conditioning.pack`` takes them.

    ``elements`` (k,) and ``sites`` (k,) are the atomic number of each orbit and its number of atoms.
    """
    by_kind = shares.by_kind
    kind = int(rng.choice(list(by_kind), p=list(by_kind.values())))
    numbers, index = np.unique(elements, return_inverse=True)
    if kind == NOTHING or len(numbers) > MAX_GIVEN:
        return NOTHING, {}
    if kind == AT_LEAST:
        some = rng.permutation(numbers)[: rng.integers(1, len(numbers) + 1)]
        return kind, {int(z): 0 for z in some}
    if kind == EXACTLY:
        return kind, {int(z): 0 for z in numbers}
    counts = np.bincount(index, weights=sites).astype(np.int64)
    counts //= np.gcd.reduce(counts)
    return kind, {int(z): int(c) for z, c in zip(numbers, counts, strict=True)}
