"""Model card of the surrogates: training labels, errors on held-out crystals, limits of trust.

``make_model_card.py`` writes the file ``surrogates.json`` beside the weights from the data set.
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
from ..properties import PropertySet

NAME = "surrogates.json"
FEWEST = 5  # labelled crystals with an element that make predictions for this element trustworthy


@dataclass(frozen=True)
class Known:
    """Training and test figures of one property.

    symbol    meaning                                                                unit
    labels    training rows by kind: measured, computed, given by the user           rows
    low, high range of the middle 98 % of the training rows                          of the property
    error     mean absolute error on the test split                                  of the property, or decades
    rank      Spearman's rank correlation on the test split
    rows      test rows
    share     of the structure networks in the mixture; the rest is the orbit surrogate
    scale     factor that makes spreads as large as errors, found on the validation split
    usual     99 % quantile of the spreads of the test crystals                      of the property, or decades
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
        """Reason not to trust a prediction for a crystal of these elements; empty if there is none."""
        unseen = sorted(symbols - set(self.elements))
        if unseen:
            return f"fewer than five training crystals with {', '.join(unseen)} have a label"
        return "the spread is larger than for 99 % of held-out crystals" if spread > self.usual else ""


@dataclass(frozen=True)
class Card:
    """Figures of every property, by name."""

    known: Mapping[str, Known]

    def shares(self, properties: PropertySet) -> NDArray[np.float64]:
        """Shares of the structure networks in the mixture, (p,); 1 for a property that is not on the card."""
        return np.array([self.known[p.name].share if p.name in self.known else 1.0 for p in properties])

    def scales(self, properties: PropertySet) -> NDArray[np.float64]:
        """Factors on spreads, (p,); 1 for a property that is not on the card."""
        return np.array([self.known[p.name].scale if p.name in self.known else 1.0 for p in properties])


def load_card(folder: Path) -> Card | None:
    """Card of a folder of weights, None if it has none; raises ``UserError`` for a damaged card."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        rows = {name: Known(**fields | {"elements": tuple(fields["elements"])}) for name, fields in raw.items()}
        for row in rows.values():
            _ = row.low + row.high + row.share + row.scale + row.usual + (row.error or 0) + (row.rank or 0)  # numbers
        return Card(rows)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: {(str(error).splitlines() or [''])[0][:120]}.") from error
