"""Crystals to evaluate, and the entries that are not crystals."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from ..gen.crystal import Crystal
from ..gen.errors import UserError
from ..gen.reading.read_crystals import Unreadable, read_crystals


def crystals_in(path: Path, limit: int | None = None) -> tuple[list[Crystal], dict[str, str]]:
    """The crystals among the first ``limit`` entries, and the reason of each unreadable entry by name.

    Raises ``UserError`` when there is no crystal.
    """
    entries = list(islice(read_crystals(path), limit))
    crystals = [entry for entry in entries if isinstance(entry, Crystal)]
    unreadable = {entry.name: entry.reason for entry in entries if isinstance(entry, Unreadable)}
    if not crystals:
        raise UserError(f"{path} holds no readable crystal: {next(iter(unreadable.values()), 'it is empty')}.")
    return crystals, unreadable
