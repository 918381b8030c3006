"""The data set of a training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..data.dataset import OrbitDataset, reference_set
from ..errors import UserError
from ..properties import SHIPPED


def training_data(path: str) -> OrbitDataset:
    """The data set in a file, with columns of the shipped properties; the reference set for an empty path."""
    if not path:
        return reference_set()
    try:
        return OrbitDataset.load(Path(path)).with_columns(SHIPPED.names)
    except ValueError as error:
        raise UserError(f"data: {error}.") from error


def without_predictions(data: OrbitDataset) -> OrbitDataset:
    """The data set without predictions of surrogates, from which only the skeleton model learns."""
    return replace(data, properties=np.where(data.predicted, np.nan, data.properties))
