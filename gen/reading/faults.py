"""Faults of a file as entries: an error ends what it damages, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..crystal import Crystal
from ..errors import UserError
from .cif_reader import Unreadable, first_line
from .part import Entry, Part
from .source import TooLarge
from .text_cleaning import clean_entry

MOST_ATOMS = 20_000  # in one crystal; no check or model of the package handles more
MOST_AT_START = 1_000  # unreadable entries of a file before its first crystal
MOST_IN_A_ROW = 10_000  # after it: a real table may have long runs of them
MEMORY = "reading it needs more memory than there is"


def parts_until_fault(parts: Iterator[Part], name: str) -> Iterator[Part]:
    """The parts; a fault of the file between them ends them, and is the last."""
    try:
        yield from parts
    except Exception as error:  # noqa: BLE001  damaged files raise anything: zlib.error, BadZipFile, MemoryError, …
        unreadable = Unreadable(name, f"{reason_of(error)}; nothing after this place is read")
        yield Part(name, lambda: [unreadable])


def until_hopeless(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries of a file; too many unreadable ones in a row end them, and one that says so is the last.

    A small file may hold millions of entries of which none is a crystal.
    """
    most, row = MOST_AT_START, 0
    for entry in entries:
        if not isinstance(entry, Unreadable) or entry.disordered is not None:
            most, row = MOST_IN_A_ROW, 0
        elif row == most:
            yield replace(
                entry, reason=f"{most:,} entries in a row could not be read; the rest of the file is not read"
            )
            return
        else:
            row += 1
        yield entry


def entries_of(part: Part, label: str = "") -> Iterator[Entry]:
    """The entries of a part, whose place in the input is ``label``; a fault ends them, and is the last."""
    count = 0
    try:
        for count, entry in enumerate(part.read(), start=1):
            cleaned = clean_entry(entry if isinstance(entry, Unreadable) else _not_too_large(entry))
            yield replace(cleaned, source=numbered(label, count))
    except Exception as error:  # noqa: BLE001  as above
        yield clean_entry(Unreadable(part.name, reason_of(error), numbered(label, count + 1)))


def numbered(label: str, number: int) -> str:
    """The place of an entry among several of one part."""
    return label if number == 1 else f"{label}, structure {number}"


def reason_of(error: Exception) -> str:
    """Why a file cannot be read."""
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, TooLarge | UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {first_line(error)}"


def _not_too_large(crystal: Crystal) -> Entry:
    if len(crystal) > MOST_ATOMS:
        return Unreadable(crystal.name, f"it has {len(crystal):,} atoms, more than {MOST_ATOMS:,}: too large to read")
    return crystal
