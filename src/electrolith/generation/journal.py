"""The finished chunks of a run, one file each: what a killed run goes on from.

A chunk's file appears whole or not at all, before anything else of the chunk is written; tables and CIFs follow from
it. Floats are written so that they are read back exactly. The journal is removed when the run is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..gen.sampling.candidate import Relaxation
from ..gen.symmetry.orbits import Orbits
from ..io.json_records import JsonRecords
from ..validators.verdict import verdict_of
from .records import Batch, GeneratedCrystal, Rejected


class Journal:
    """The chunks in a folder, by their place in the run: 0, 1, 2 ….

    A shard's places are its own chunks in order, without gaps.
    """

    def __init__(self, folder: Path) -> None:
        self.records = JsonRecords(folder)

    def __len__(self) -> int:
        """How many chunks are finished, from the first on."""
        place = 0
        while place in self.records:
            place += 1
        return place

    def __iter__(self) -> Iterator[Batch]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Batch:
        return _chunk(self.records.read(place))

    def append(self, place: int, chunk: Batch) -> None:
        """Makes a chunk finished."""
        self.records.write(place, asdict(chunk))

    def remove(self) -> None:
        """Deletes the journal."""
        self.records.remove()


def _chunk(values: dict[str, Any]) -> Batch:
    made, rejected = map(_made, values["made"]), (Rejected(**entry) for entry in values["rejected"])
    return Batch(values["index"], tuple(made), tuple(rejected), tuple(values["spent"]))


def _made(values: dict[str, Any]) -> GeneratedCrystal:
    from ..prediction.prediction import Value

    relaxation = values["relaxation"]
    read = {
        "orbits": _orbits(values["orbits"]),
        "verdicts": tuple(verdict_of(verdict) for verdict in values["verdicts"]),
        "predicted": {name: Value(**value) for name, value in values["predicted"].items()},
        "relaxation": None if relaxation is None else Relaxation(**relaxation),
    }
    return GeneratedCrystal(**values | read)


def _orbits(values: dict[str, Any]) -> Orbits:
    return Orbits(
        values["space_group"],
        np.array(values["positions"], dtype=np.int64),
        np.array(values["elements"], dtype=np.int64),
        np.array(values["theta"], dtype=np.float64).reshape(-1, 3),
        np.array(values["lattice"], dtype=np.float64),
    )
