"""Extension of griffe for the API pages: tables of symbols in docstrings keep their columns."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

COLUMNS = re.compile(r"^\S.*\S {2,}\S")


class SymbolTables(Extension):
    """Shows each paragraph of aligned columns as it is written, in a fixed-width font."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrites the docstring of a function, class or module."""
        if obj.docstring is not None:
            parts = obj.docstring.value.split("\n\n")
            obj.docstring.value = "\n\n".join(_fenced(p) if _is_table(p) else p for p in parts)


def _is_table(paragraph: str) -> bool:
    lines = paragraph.splitlines()
    return len(lines) > 1 and not lines[0].startswith((" ", ">>>")) and sum(map(bool, map(COLUMNS.match, lines))) > 1


def _fenced(paragraph: str) -> str:
    plain = paragraph.replace("``", "")  # a fixed-width font needs no marks
    return f"```text\n{plain}\n```"
