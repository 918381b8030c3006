"""How likely is it that a crystal has what was asked for? From predictions, their spreads, and its charges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..gen.properties import BARRIERS, Property

ANIONS = {7: -3, 8: -2, 9: -1, 16: -2, 17: -1, 34: -2, 35: -1, 52: -2, 53: -1}  # that softBV knows beside Li⁺


def probability_within(
    quantity: Property, value: ArrayLike, spread: ArrayLike, low: float, high: float
) -> NDArray[np.float64]:
    """Chance that a property lies between ``low`` and ``high``, in its unit; errors count as normal.

    Values are in its unit, spreads in decades where it is seen by its logarithm. Even where nothing is predicted (NaN).
    """
    from scipy.special import ndtr

    middle, width = np.asarray(value, float), np.asarray(spread, float)
    if quantity.log:
        middle, (low, high) = np.log10(middle), (math.log10(max(x, 1e-12)) for x in (low, high))
    return np.nan_to_num(ndtr((high - middle) / width) - ndtr((low - middle) / width), nan=0.5)


def target_probability(
    quantity: Property,
    value: ArrayLike,
    spread: ArrayLike,
    low: float,
    high: float,
    counts: Sequence[Mapping[int, int]],
) -> NDArray[np.float64]:
    """The same (n,) of crystals with these atoms by atomic number: 0 of a barrier for Li⁺ where that has no meaning."""
    chances = probability_within(quantity, value, spread, low, high)
    return chances * [is_ionic(c) for c in counts] if quantity.name in BARRIERS else chances


def is_ionic(counts: Mapping[int, int]) -> bool:
    """Whether a composition's likeliest charges are those of cations among ``ANIONS``, lithium's one of the former.

    Elsewhere, in metals and among bonded anions, a barrier for Li⁺ has no meaning that bond valences could give it.
    """
    divisor = math.gcd(*counts.values())
    return _ionic(tuple(sorted((number, count // divisor) for number, count in counts.items())))


@lru_cache(maxsize=20_000)
def _ionic(formula: tuple[tuple[int, int], ...]) -> bool:
    from pymatgen.core import Composition, Element

    guesses = Composition({Element.from_Z(z): n for z, n in formula}).oxi_state_guesses()
    charges = {Element(symbol).Z: charge for symbol, charge in guesses[0].items()} if guesses else {}
    return bool(charges) and all(q == ANIONS.get(z) if q <= 0 else float(q).is_integer() for z, q in charges.items())
