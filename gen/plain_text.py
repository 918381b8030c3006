"""Text of strangers made safe to show: without control characters, and without formulas of a spreadsheet.

Names and reasons come from files. A terminal obeys escape sequences (ECMA-48), a spreadsheet computes cells that start
with ``=``, ``+``, ``-`` or ``@`` (OWASP, "CSV injection"), and marks of direction let a text look like another.
"""

from __future__ import annotations

import re
import unicodedata

ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]*[0-~]?"  # all others
)
REPLACED = {"Cc": "", "Cf": "", "Zl": " ", "Zp": " ", "Cs": "\N{REPLACEMENT CHARACTER}"}  # by Unicode's category
FORMULA = re.compile(r"'*[=+\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\uff20]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|nan)", re.IGNORECASE)


def plain(text: str) -> str:
    """The text in one line of visible characters: no escape sequences, control characters or marks of direction."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    line = " ".join(ESCAPE.sub("", text).split())
    shown = "".join(REPLACED.get(unicodedata.category(c), c) for c in line)
    return " ".join(shown.split())


def as_cell(text: str) -> str:
    """The text as a cell of a table: plain, and after ``'`` where a spreadsheet would compute it; numbers stay."""
    line = plain(text)
    return f"'{line}" if FORMULA.match(line) and not NUMBER.fullmatch(line) else line


def from_cell(cell: str) -> str:
    """The inverse of ``as_cell`` for a plain text."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
