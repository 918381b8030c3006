"""What is known of the surrogates: labels they were trained on, errors on held-out crystals, where they may be trusted.

The file ``surrogates.json`` beside the weights is written by ``make_card.py`` from the data set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..properties import PROPERTIES

NAME = "surrogates.json"
FEWEST = 5  # labelled crystals with an element, for predictions to be trusted


@dataclass(frozen=True)
class Known:
    """Of one property.

    symbol    meaning                                                                unit
    labels    training rows by kind: measured, computed, given by the user           rows
    low, high range of the middle 98 % of them                                       of the property
    error     mean absolute error on the test split                                  of the property, or decades
    rank      rank correlation there
    rows      test rows
    share     of the crystal networks in the mixture; the rest is the surrogate on orbits
    scale     factor on spreads that makes them as large as errors are, found on the validation set
    usual     spread that 99 % of the test crystals stay below                       of the property, or decades
    elements  symbols of elements in at least five labelled training crystals
    """

    labels: Mapping[str, int]
    low: float
    high: float
    error: float | None
    rank: float | None
    rows: int
    share: float
    scale: float
    usual: float
    elements: tuple[str, ...]

    def doubt(self, symbols: set[str], spread: float) -> str:
        """Why a prediction for a crystal of these elements may not be trusted; empty where it may."""
        unseen = sorted(symbols - set(self.elements))
        if unseen:
            return f"fewer than five training crystals with {', '.join(unseen)} have a label"
        return "the spread is larger than for 99 % of held-out crystals" if spread > self.usual else ""


@dataclass(frozen=True)
class Card:
    """Of every property, by name."""

    known: Mapping[str, Known]

    def shares(self) -> NDArray[np.float64]:
        """Shares of the crystal networks (p,)."""
        return np.array([self.known[p.name].share if p.name in self.known else 1.0 for p in PROPERTIES])

    def scales(self) -> NDArray[np.float64]:
        """Factors on spreads (p,)."""
        return np.array([self.known[p.name].scale if p.name in self.known else 1.0 for p in PROPERTIES])


def load_card(folder: Path) -> Card | None:
    """The card in a folder of weights, None if there is none; raises ``UserError`` for a damaged one."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        return Card({name: Known(**fields | {"elements": tuple(fields["elements"])}) for name, fields in raw.items()})
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path} is damaged: {error}") from error
