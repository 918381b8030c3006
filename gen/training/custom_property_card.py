"""The row of the model card of a custom property: errors for compositions that were left out of the training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.property_table import PropertyTable
from ..elements import MAX_ELEMENT
from ..properties import Property
from ..surrogate.model_card import FEWEST, Known
from .readouts import FittedReadout


def card_row(p: Property, rows: PropertyTable, column: int, fitted: Sequence[FittedReadout]) -> Known:
    """The row for the property in ``column`` of the table, from the readouts of each structure network."""
    from ase.data import chemical_symbols
    from scipy.stats import spearmanr

    labelled = np.isfinite(rows.values[:, column])
    truth = p.normalise(rows.values[labelled, column])
    predicted = np.mean([one.predicted for one in fitted], 0)
    spread = np.sqrt(np.mean([one.spread**2 for one in fitted], 0))
    scale = float(np.quantile(np.abs(predicted - truth) / spread, 0.68))
    chosen = rows.data.take(labelled)
    present = np.zeros((len(chosen), MAX_ELEMENT + 1), dtype=bool)
    present[chosen.owner, chosen.elements] = True
    return Known(
        labels={"given": int(labelled.sum())},
        low=p.low,
        high=p.high,
        error=float(np.abs(predicted - truth).mean() * p.width),
        rank=float(spearmanr(predicted, truth).statistic),
        rows=int(labelled.sum()),
        share=1.0,
        scale=scale,
        usual=float(np.quantile(spread, 0.99) * scale * p.width),
        elements=tuple(chemical_symbols[z] for z in np.flatnonzero(present.sum(0) >= FEWEST)),
    )
