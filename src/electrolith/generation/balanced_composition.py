"""Charges of a composition, as fast as skeletons are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..validators.chemistry.ionic_formula import may_balance
from ..validators.chemistry.smact_validity import charge_balance


def balanced(counts: Mapping[int, int]) -> bool:
    """Whether the charges of a composition (number of atoms by atomic number) can balance."""
    divisor = math.gcd(*counts.values())
    formula = tuple(sorted((number, count // divisor) for number, count in counts.items()))
    return charge_balance(formula)[0] and may_balance(formula)
