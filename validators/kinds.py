"""Two kinds of crystals, which potentials and surrogates see differently: with anions and without."""

from __future__ import annotations

from collections.abc import Iterable

from pymatgen.core import Element

from .conductor_features import ANIONS

WITH_ANIONS, WITHOUT = KINDS = ("with anions", "without anions")
NUMBERS = frozenset(Element(symbol).Z for symbol in ANIONS)


def kind_of(elements: Iterable[int]) -> str:
    """Whether N, O, F, their heavier halogens or chalcogens are among these atomic numbers."""
    return WITHOUT if NUMBERS.isdisjoint(elements) else WITH_ANIONS
