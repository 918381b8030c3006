"""The terminal: text is shown as it is, never taken for markup, emoji codes or escape sequences."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from ..gen.plain_text import plain

WIDTH = 120  # columns where the output is not a terminal


class PlainConsole(Console):
    """A console for the texts of strangers; colours come from ``Text`` objects only, see ``shown``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)
        if not self.is_terminal:
            self.width = WIDTH

    def render_str(self, text: str, **options: Any) -> Text:
        """A text with the line breaks of its author, and each line plain."""
        return super().render_str("\n".join(plain_keeping_indent(line) for line in text.split("\n")), **options)


def plain_keeping_indent(line: str) -> str:
    """A plain line after the spaces at its start."""
    return " " * (len(line) - len(line.lstrip(" "))) + plain(line)


def shown(text: object, style: str = "") -> Text:
    """A text of a stranger for a table, in one line."""
    return Text(plain(str(text)), style)
