"""Random descriptions of one crystal for training: its setting, and the part of its composition that is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..skeleton.conditioning import AT_LEAST, EXACTLY, FORMULA, MAX_GIVEN, NOTHING
from ..symmetry.wyckoff_tables import wyckoff_tables

KINDS = (NOTHING, AT_LEAST, EXACTLY, FORMULA)


CHANCES = (0.35, 0.1, 0.2, 0.35)  # probability of each kind in training


def equivalent_setting(
    rng: np.random.Generator, space_group: int, positions: NDArray[np.int64], elements: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same skeleton described in another setting of the group (its normaliser), in canonical order."""
    tables = wyckoff_tables()
    choices = tables.normaliser_of(space_group)
    letters = choices[rng.integers(len(choices))]
    first = int(tables.position_start[space_group])
    moved = first + letters[positions - first]
    order = np.lexsort((elements, moved))
    return moved[order], elements[order]


def given_composition(
    rng: np.random.Generator, elements: NDArray[np.int64], sites: NDArray[np.int64]
) -> tuple[int, dict[int, int]]:
    """A random part of a crystal's composition: kind and elements with their counts, as ``context.pack`` takes them."""
    kind = int(rng.choice(KINDS, p=CHANCES))
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
