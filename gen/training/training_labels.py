"""Labels for training the skeleton model on custom properties: the user's rows, and predictions for known crystals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..callbacks import ProgressCallback
from ..data.dataset import SPLITS, OrbitDataset, reference_set
from ..data.property_table import PropertyTable
from ..elements import MAX_ELEMENT
from ..properties import SHIPPED, Property, PropertySet
from ..surrogate.model_card import Known
from ..surrogate.structure_surrogate import StructureSurrogate

AT_ONCE = 500


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions for n crystals of p properties.

    symbol      meaning                                                  shape
    properties  in the order of the columns                              p
    values      normalised                                               (n, p)
    confident   whether the model card has no doubt about a value        (n, p)
    """

    properties: PropertySet
    values: NDArray[np.float64]
    confident: NDArray[np.bool_]


def reference_crystals(limit: int, seed: int, most_atoms: int) -> OrbitDataset:
    """Crystals of at most ``most_atoms`` atoms for training, ``limit`` of them at most (0: all), and for validation."""
    data = reference_set()
    usable = (data.n_atoms <= most_atoms) & (data.heaviest <= MAX_ELEMENT)
    train, val = (np.flatnonzero(usable & (data.split == SPLITS.index(name))) for name in ("train", "val"))
    if limit and limit < len(train):
        rng = np.random.default_rng(seed)
        train = np.sort(rng.choice(train, limit, replace=False))
        val = np.sort(rng.choice(val, min(len(val), max(1, limit // 10)), replace=False))
    return data.take(np.concatenate([train, val]))


def confident_predictions(
    surrogate: StructureSurrogate, data: OrbitDataset, card: Mapping[str, Known], enough: int, watch: ProgressCallback
) -> Predictions:
    """Predictions of all properties; doubtful ones count as confident, too, where fewer than ``enough`` are left."""
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for start in range(0, len(data), AT_ONCE):
        chosen = [data[i] for i in range(start, min(start + AT_ONCE, len(data)))]
        parts.append(surrogate.normalised(chosen))
        watch(start + len(chosen), len(data))
    values, spreads = np.concatenate([v for v, _ in parts]), np.sqrt(np.concatenate([v for _, v in parts]))
    confident = np.zeros(values.shape, dtype=bool)
    for k, p in enumerate(surrogate.properties):
        row = card.get(p.name)
        if row is not None:
            near = spreads[:, k] * row.scale * p.width <= row.usual
            confident[:, k] = near & ~_has_other_elements(data, row.elements)
            if confident[data.split == SPLITS.index("train"), k].sum() < enough:
                confident[:, k] = True
    return Predictions(surrogate.properties, values, confident)


def training_labels(
    reference: OrbitDataset, predictions: Predictions, rows: PropertyTable, custom: Sequence[Property],
    every: PropertySet,
) -> OrbitDataset:  # fmt: skip
    """The reference set, with predictions of the custom properties, marked as predicted; then the user's rows.

    The columns are those of ``every``, of which ``custom``, the columns of the table, are the last.
    """
    known = reference.with_columns(every.names)
    for k, p in enumerate(predictions.properties):
        if p.name not in SHIPPED.names:
            column, confident = every.column(p.name), predictions.confident[:, k]
            known.properties[:, column] = np.where(confident, p.restore(predictions.values[:, k]), np.nan)
            known.predicted[:, column] = confident
    values = np.full((len(rows.data), len(every)), np.nan)
    values[:, [every.column(p.name) for p in custom]] = rows.values
    train = np.full(len(rows.data), SPLITS.index("train"))
    users = replace(rows.data.with_columns(every.names), properties=values, split=train)
    return OrbitDataset.joined([known, users])


def _has_other_elements(data: OrbitDataset, symbols: Sequence[str]) -> NDArray[np.bool_]:
    from ase.data import atomic_numbers

    known = np.zeros(MAX_ELEMENT + 1, dtype=bool)
    known[[atomic_numbers[symbol] for symbol in symbols]] = True
    return np.bincount(data.owner, weights=~known[data.elements], minlength=len(data)) > 0
