"""What a reader of a result must know of the reading: crystals with remarks, and files that were not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from ..gen.crystal import Crystal
from ..gen.reading.file_kinds import CONTAINERS, TABLES, kind_of

NAMED = 5  # files named in a line
BY_PATH = "archives, tables and folders inside a folder are not read with it: give each by its own path"
SEEN = "see column remarks"


def reading_notes(remarked: int, not_read: Sequence[str], where: str = SEEN) -> list[str]:
    """Lines for the summary of a run.

    argument  meaning
    remarked  number of crystals with remarks of their reader
    not_read  names of the files in folders and archives that were not read
    where     where the remarks are, or an example
    """
    notes = []
    if remarked:
        notes.append(f"{remarked:,} crystal{'s' if remarked > 1 else ''} read with remarks, {where}")
    if not_read:
        names = sorted(not_read, key=lambda name: not name.endswith("/"))  # folders first
        folders = sum(name.endswith("/") for name in names)
        counts = [_count(folders, "folder"), _count(len(names) - folders, "file")]
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        why = f" ({BY_PATH})" if any(_has_a_path_of_its_own(name) for name in names) else ""
        notes.append(f"{' and '.join(filter(None, counts))} not read: {', '.join(names[:NAMED])}{more}{why}")
    return notes


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number > 1 else ''}" if number else ""


def _has_a_path_of_its_own(name: str) -> bool:
    return name.endswith("/") or kind_of(PurePath(name).name)[0] in (*CONTAINERS, *TABLES)


def notes_of(crystals: Iterable[Crystal], not_read: Sequence[str]) -> list[str]:
    """The lines, with the first remark as an example."""
    remarked = [crystal for crystal in crystals if crystal.remarks]
    where = f"e.g. {remarked[0].name}: {remarked[0].remarks[0]}" if remarked else ""
    return reading_notes(len(remarked), not_read, where)
