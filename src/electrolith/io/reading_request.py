"""A request for a reading, and a position in the inputs at which it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..gen.reading.opened_input import Place
from .reading_limits import Limits

START = Place(0, 0)


class Position(NamedTuple):
    """A place in one of several inputs; ``place`` is None while the input is opened."""

    path: int
    place: Place | None

    def before(self) -> Position:
        """Where to start to read this entry once more."""
        if self.place is None:
            return Position(self.path, START)
        source, part, is_behind = self.place
        return Position(self.path, Place(source, part if is_behind else max(part - 1, 0)))

    def behind(self) -> Position:
        """Where to start behind this entry; behind the whole file where the place lies between its entries."""
        if self.place is None:
            return Position(self.path + 1, START)
        is_entry = self.place.part and not self.place.is_behind
        return self if is_entry else Position(self.path, Place(self.place.source + 1, 0))


@dataclass(frozen=True)
class Request:
    """The paths to read from a folder, the position behind which to start, and the limits of an entry."""

    folder: str
    paths: Sequence[Path]
    after: Position
    limits: Limits
