"""The terminal shows markup, emoji codes and escape sequences of strangers as text, or not at all."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from electrolith.io.plain_console import PlainConsole, shown


def printed(*things: object) -> str:
    stream = io.StringIO()
    console = PlainConsole(file=stream, force_terminal=True, color_system="truecolor", width=100)
    console.print(*things)
    return stream.getvalue()


@pytest.mark.parametrize("text", ["[red]x[/red]", "out[/]put", "[/nothing]", ":smiley:", "[link=file:///x]x[/link]"])
def test_markup_is_text(text: str) -> None:
    table = Table("heading", title=text, caption=text)
    table.add_row(text)
    table.add_row(shown(text))
    assert text in printed(text)
    assert printed(table).count(text) == 4


@pytest.mark.parametrize("text", ["\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "\u202egnp"])
def test_escape_sequences_and_marks_of_direction_are_left_out(text: str) -> None:
    table = Table("heading")
    table.add_row(text)
    table.add_row(shown(text))
    assert text not in printed(text, shown(text), table)


def test_styles_of_our_own_are_kept() -> None:
    assert printed(shown("yes", "green")) == "\x1b[32myes\x1b[0m\n"
    assert printed("  two\n lines") == "  two\n lines\n"
