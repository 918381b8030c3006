"""Crystals to evaluate, and the entries that are not crystals."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..gen.plain_text import plain
from ..gen.reading.read_crystals import Unreadable
from ..io.limited_reading import read_within_limits
from ..io.reading_notes import notes_of


class CrystalInput(NamedTuple):
    """What a path holds.

    symbol      meaning
    crystals    in the order of the input
    unreadable  entries that are not crystals, in the order of the input
    notes       on the reading, for the summary
    not_read    names of the files in a folder or an archive that were not read
    """

    crystals: list[Crystal]
    unreadable: list[Unreadable]
    notes: list[str]
    not_read: list[str]


def crystals_in(path: Path, limit: int | None = None) -> CrystalInput:
    """The crystals and the unreadable entries among the first ``limit`` entries.

    Raises ``UserError`` when there is no crystal, and for a limit below 1.
    """
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: it must be at least 1.")
    reading = read_within_limits(path)
    entries = list(islice(reading, limit))
    crystals = [entry for entry in entries if isinstance(entry, Crystal)]
    unreadable = [entry for entry in entries if isinstance(entry, Unreadable)]
    if not crystals:
        raise UserError(f"{path} holds no readable crystal: {unreadable[0].reason if unreadable else 'it is empty'}.")
    return CrystalInput(crystals, unreadable, notes_of(crystals, reading.not_read), list(reading.not_read))


def reasons_by_name(unreadable: Iterable[Unreadable]) -> dict[str, str]:
    """The reason of each unreadable entry by name; a repeated name has a number: ``x``, ``x (2)``."""
    reasons: dict[str, str] = {}
    times: dict[str, int] = {}
    for entry in unreadable:
        name = first = plain(entry.name)
        while name in reasons:
            times[first] = times.get(first, 1) + 1
            name = f"{first} ({times[first]})"
        reasons[name] = entry.reason
    return reasons
