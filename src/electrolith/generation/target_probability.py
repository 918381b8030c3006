"""Probability that a crystal meets a target, from its predictions, their spreads and its charges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..gen.properties import BARRIERS, Property

ANIONS = {
    7: -3,
    8: -2,
    9: -1,
    16: -2,
    17: -1,
    34: -2,
    35: -1,
    52: -2,
    53: -1,
}  # softBV has parameters of these with Li⁺


def probability_within(
    quantity: Property, value: ArrayLike, spread: ArrayLike, low: float, high: float
) -> NDArray[np.float64]:
    """Probability that a property lies between ``low`` and ``high``, for predictions with normal errors.

    ``value``, ``low`` and ``high`` are in the property's unit; ``spread`` is in decades for a property on a logarithmic
    scale, else in the unit. The probability is 0.5 where the prediction is NaN.
    """
    from scipy.special import ndtr  # scipy takes a quarter of a second to import

    centre, width = np.asarray(value, float), np.asarray(spread, float)
    if quantity.log:
        centre, (low, high) = np.log10(centre), (math.log10(max(x, 1e-12)) for x in (low, high))
    return np.nan_to_num(ndtr((high - centre) / width) - ndtr((low - centre) / width), nan=0.5)


def target_probability(
    quantity: Property,
    value: ArrayLike,
    spread: ArrayLike,
    low: float,
    high: float,
    counts: Sequence[Mapping[int, int]],
) -> NDArray[np.float64]:
    """Probability (n,), see ``probability_within``; 0 for Li⁺ barriers of compositions that are not ionic.

    ``counts`` are the compositions: number of atoms by atomic number.
    """
    probability = probability_within(quantity, value, spread, low, high)
    return probability * [is_ionic(c) for c in counts] if quantity.name in BARRIERS else probability


def is_ionic(counts: Mapping[int, int]) -> bool:
    """Whether the most probable charges of a composition are those of cations and ``ANIONS``; Li⁺ is a cation.

    In metals and with bonded anions, a barrier from bond valences has no meaning.
    """
    divisor = math.gcd(*counts.values())
    return _is_ionic(tuple(sorted((number, count // divisor) for number, count in counts.items())))


@lru_cache(maxsize=20_000)
def _is_ionic(formula: tuple[tuple[int, int], ...]) -> bool:
    from pymatgen.core import Composition, Element  # pymatgen takes a second to import

    guesses = Composition({Element.from_Z(z): n for z, n in formula}).oxi_state_guesses()
    charges = {Element(symbol).Z: charge for symbol, charge in guesses[0].items()} if guesses else {}
    return bool(charges) and all(q == ANIONS.get(z) if q <= 0 else float(q).is_integer() for z, q in charges.items())
