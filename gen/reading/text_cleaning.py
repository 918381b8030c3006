"""Names and reasons from files, without control characters and of bounded length.

A name may hold escape sequences of a terminal, characters that reverse the direction of writing, line breaks, or a
megabyte of text. None of these reaches a table or the terminal.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..crystal import Crystal
from .cif_reader import Unreadable

LONGEST_NAME = 200  # characters
LONGEST_REASON = 500  # characters
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]|\x1b.?")


def clean_text(text: str, longest: int) -> str:
    """The text on one line, without escape sequences and unprintable characters, at most ``longest`` characters."""
    if len(text) <= longest and text.isprintable():
        return text
    text = ESCAPES.sub("", text[: 4 * longest])
    printable = "".join(one if one.isprintable() else " " if one.isspace() else "" for one in text)
    words = " ".join(printable.split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def clean_entry(entry: Crystal | Unreadable) -> Crystal | Unreadable:
    """The entry with a clean name, and clean reason or remarks."""
    name = clean_text(entry.name, LONGEST_NAME)
    if isinstance(entry, Unreadable):
        return Unreadable(name, clean_text(entry.reason, LONGEST_REASON))
    if entry.remarks or name != entry.name:
        return replace(entry, name=name, remarks=tuple(clean_text(r, LONGEST_REASON) for r in entry.remarks))
    return entry
