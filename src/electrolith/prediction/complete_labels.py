"""A data set completed with predictions of the surrogates where crystals have no label, each marked as predicted.

The skeleton model then learns targets from all crystals, not from the few with a label: in the training set 15 % have
moduli, half of those with lithium have a barrier, none has a conductivity. Doubtful predictions are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.data.dataset import OrbitDataset
from ..gen.symmetry.orbits import crystal_of
from .prediction import predict

COMPLETED = ("bulk_modulus", "shear_modulus", "li_barrier", "li_barrier_1d", "li_barrier_2d", "ionic_conductivity")
AT_ONCE = 500


def complete_labels(
    data: OrbitDataset, names: Sequence[str] = COMPLETED, watch: ProgressCallback = no_callback
) -> OrbitDataset:
    """The data set with predictions in the gaps of these properties, marked in ``predicted``. Labels stay.

    ``watch`` is called with the number of crystals done and of all.
    """
    values, predicted = data.properties.copy(), data.predicted.copy()
    columns = {name: data.names.index(name) for name in names}
    for start in range(0, len(data), AT_ONCE):
        rows = range(start, min(start + AT_ONCE, len(data)))
        predictions = predict([crystal_of(data[row], primitive=True) for row in rows])
        for row, answer in zip(rows, predictions, strict=True):
            for name, k in columns.items():
                value = answer.values.get(name)
                if value is not None and not value.doubt and np.isnan(values[row, k]):
                    values[row, k], predicted[row, k] = value.value, True
        watch(rows.stop, len(data))
    return replace(data, properties=values, predicted=predicted)
