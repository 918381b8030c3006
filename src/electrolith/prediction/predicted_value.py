"""One predicted value with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """A prediction.

    symbol  meaning                                                         unit
    value   predicted value                                                 that of the property
    spread  standard uncertainty                                            that of the property; decades if logarithmic
    doubt   why the crystal is unlike the training data; empty if it is not
    """

    value: float
    spread: float
    doubt: str = ""
