"""Near misses: a number that is beyond a limit by no more than the error of its check.

A verdict on it is not passed, and marked: a screening keeps such a crystal and ranks it lower. Only what is beyond the
limit by more than the error, the ``margin`` of a check, is clearly out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..gen.errors import UserError


@dataclass(frozen=True)
class Comparison:
    """A number compared with its limits; ``remark`` is the end of the reason of a near miss, else empty."""

    passed: bool
    near_miss: bool = False
    remark: str = ""


def excess(value: float, at_most: float | None = None, at_least: float | None = None) -> float:
    """By how much a value is beyond its limits; negative within them, minus infinity without any."""
    above = -math.inf if at_most is None else value - at_most
    below = -math.inf if at_least is None else at_least - value
    return max(above, below)


def compared(excesses: Iterable[float], margin: float | None, unit: str = "") -> Comparison:
    """The comparison for the excess over each limit; without a margin there are no near misses."""
    worst = max(excesses, default=-math.inf)
    if worst <= 0:
        return Comparison(True)
    if margin is None or not worst <= margin:
        return Comparison(False)
    return Comparison(False, True, f"; near miss: beyond the limit by {worst:.2g}, error {margin:.2g} {unit}".rstrip())


def require_margin(margin: float | None) -> None:
    """Raises ``UserError`` for a margin that is negative or no number."""
    if margin is not None and not margin >= 0:
        raise UserError(f"An error is never negative: margin {margin:g} marks nothing; write 0 for no near misses.")
