"""The finished chunks of a run, one file each: what a killed run goes on from.

A chunk's file appears whole or not at all, before anything else of the chunk is written; tables and CIFs follow from
it. Floats are written so that they are read back exactly. The journal is removed when the run is complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from .gen.symmetry.orbits import Orbits
from .record import Chunk, GeneratedCrystal, Rejected
from .validators.verdict import Detail, Verdict
from .whole import write_whole


class Journal:
    """The chunks in a folder, by their place in the run: 0, 1, 2 ….

    A shard's places are its own chunks in order, without gaps.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __len__(self) -> int:
        """How many chunks are finished, from the first on."""
        place = 0
        while self._file(place).exists():
            place += 1
        return place

    def __iter__(self) -> Iterator[Chunk]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Chunk:
        return _chunk(json.loads(self._file(place).read_text(encoding="utf-8")))

    def append(self, place: int, chunk: Chunk) -> None:
        """Makes a chunk finished."""
        self.folder.mkdir(exist_ok=True)
        values = asdict(chunk)
        write_whole(self._file(place), json.dumps(values, default=_plain).encode())

    def remove(self) -> None:
        """Deletes the journal."""
        if self.folder.is_dir():
            for file in self.folder.iterdir():
                file.unlink()
            self.folder.rmdir()

    def _file(self, place: int) -> Path:
        return self.folder / f"{place:06d}.json"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} has no place in the journal")


def _chunk(values: dict[str, Any]) -> Chunk:
    made = tuple(
        GeneratedCrystal(
            **entry
            | {
                "orbits": _orbits(entry["orbits"]),
                "verdicts": tuple(verdict_of(verdict) for verdict in entry["verdicts"]),
            }
        )
        for entry in values["made"]
    )
    return Chunk(
        values["index"], made, tuple(Rejected(**entry) for entry in values["rejected"]), tuple(values["spent"])
    )


def verdict_of(values: dict[str, Any]) -> Verdict:
    """A verdict from its fields as JSON gives them."""
    return Verdict(**values | {"details": tuple(Detail(**detail) for detail in values["details"])})


def _orbits(values: dict[str, Any]) -> Orbits:
    return Orbits(
        values["space_group"],
        np.array(values["positions"], dtype=np.int64),
        np.array(values["elements"], dtype=np.int64),
        np.array(values["theta"], dtype=np.float64).reshape(-1, 3),
        np.array(values["lattice"], dtype=np.float64),
    )
