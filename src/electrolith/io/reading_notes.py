"""What a reader of a result must know of the reading: crystals with remarks, and files that were not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..gen.crystal import Crystal

NAMED = 5  # files named in a line
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
        more = f" and {len(not_read) - NAMED:,} more" if len(not_read) > NAMED else ""
        count = f"{len(not_read):,} file{'s' if len(not_read) > 1 else ''} not read"
        notes.append(f"{count}: {', '.join(not_read[:NAMED])}{more}")
    return notes


def notes_of(crystals: Iterable[Crystal], not_read: Sequence[str]) -> list[str]:
    """The lines, with the first remark as an example."""
    remarked = [crystal for crystal in crystals if crystal.remarks]
    where = f"e.g. {remarked[0].name}: {remarked[0].remarks[0]}" if remarked else ""
    return reading_notes(len(remarked), not_read, where)
