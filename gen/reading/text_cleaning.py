"""Names and reasons from files, of visible characters and bounded length."""

from __future__ import annotations

from dataclasses import replace

from ..crystal import Crystal
from ..plain_text import plain
from .cif_reader import Unreadable

LONGEST_NAME = 200  # characters
LONGEST_REASON = 500  # characters


def clean_entry(entry: Crystal | Unreadable) -> Crystal | Unreadable:
    """The entry with a clean name, and clean reason or remarks."""
    name = _clean(entry.name, LONGEST_NAME)
    if isinstance(entry, Unreadable):
        mixed = entry.disordered
        if mixed is not None:
            remarks = tuple(_clean(one, LONGEST_REASON) for one in mixed.remarks)
            mixed = replace(mixed, name=name, remarks=remarks)
        return replace(entry, name=name, reason=_clean(entry.reason, LONGEST_REASON), disordered=mixed)
    if entry.remarks or name != entry.name:
        return replace(entry, name=name, remarks=tuple(_clean(one, LONGEST_REASON) for one in entry.remarks))
    return entry


def _clean(text: str, longest: int) -> str:
    line = plain(text[: 4 * longest])
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
