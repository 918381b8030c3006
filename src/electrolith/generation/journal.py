"""Journal of a run: the finished batches, one file each. A killed run continues from it.

The file of a batch is written completely or not at all, and before anything else of the batch; tables and CIFs follow
from it. Floats are written so that they are read back exactly. The journal is removed when the run is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..gen.sampling.candidate import Relaxation
from ..gen.stored_records import stored_record
from ..gen.symmetry.orbits import Orbits
from ..io.json_records import JsonRecords
from ..prediction.predicted_value import Value
from ..validators.verdict import verdict_of
from .records import Batch, GeneratedCrystal, Rejected


class Journal:
    """The batches in a folder, by their place in the run: 0, 1, 2 ….

    The places of a shard are its own batches in order, without gaps.
    """

    def __init__(self, folder: Path) -> None:
        self.records = JsonRecords(folder)

    def __len__(self) -> int:
        """Number of finished batches, without gaps from the first."""
        numbers = self.records.numbers()
        return next((place for place, number in enumerate(numbers) if place != number), len(numbers))

    def __iter__(self) -> Iterator[Batch]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Batch:
        with self.records.reading(place) as values:
            return _batch(values)

    def append(self, place: int, batch: Batch, table_bytes: Sequence[int] = ()) -> None:
        """Writes a finished batch; ``table_bytes``: sizes of the tables before its rows."""
        crystals = [asdict(one) for one in batch.crystals]
        rejected = [asdict(one) for one in batch.rejected]
        values: dict[str, Any] = {
            "index": batch.index,
            "made": crystals,
            "rejected": rejected,
            "spent": batch.exhausted,
        }
        values["table_bytes"] = list(table_bytes)
        self.records.write(place, values)  # names as earlier versions read and write them

    def table_bytes(self, place: int) -> list[int]:
        """Sizes of the tables before the rows of a batch; empty in journals of earlier versions."""
        with self.records.reading(place) as values:
            return [int(size) for size in values.get("table_bytes", ())]

    def remove(self) -> None:
        """Deletes the journal."""
        self.records.remove()


def _batch(values: dict[str, Any]) -> Batch:
    crystals = tuple(_crystal(entry) for entry in values["made"])
    rejected = tuple(stored_record(Rejected, entry) for entry in values["rejected"])
    found = {"index": values["index"], "crystals": crystals, "rejected": rejected, "exhausted": tuple(values["spent"])}
    return stored_record(Batch, found)


def _crystal(values: dict[str, Any]) -> GeneratedCrystal:
    relaxation = values["relaxation"]
    read = {
        "orbits": _orbits(values["orbits"]),
        "verdicts": tuple(verdict_of(verdict) for verdict in values["verdicts"]),
        "predicted": {name: stored_record(Value, value) for name, value in values["predicted"].items()},
        "relaxation": None if relaxation is None else stored_record(Relaxation, relaxation),
    }
    return stored_record(GeneratedCrystal, values | read)


def _orbits(values: dict[str, Any]) -> Orbits:
    orbits = Orbits(
        int(values["space_group"]),
        np.array(values["positions"], dtype=np.int64),
        np.array(values["elements"], dtype=np.int64),
        np.array(values["theta"], dtype=np.float64).reshape(-1, 3),
        np.array(values["lattice"], dtype=np.float64),
    )
    if not orbits.is_whole:
        raise ValueError("its orbits are not those of a crystal")
    return orbits
