"""Plain text has one line and no control characters; a cell of a table is never a formula, and gives its text back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from electrolith.gen.plain_text import as_cell, from_cell, plain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
TEXTS = st.text() | st.from_regex(r"'{0,2}[=+\-@\t][A-Z(1+.]{0,4}") | st.from_regex("a\x1b\\[[0-9;]*[a-zA-Z]b")


def is_number(text: str) -> bool:
    try:
        return float(text) is not None
    except ValueError:
        return False


@given(TEXTS)
@example("\x1b[31mred\x07")
@example("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07")
@example("\u202egnp.exe")
@example("\udcff")
def test_plain_text_is_one_line_of_visible_characters_and_stays(text: str) -> None:
    line = plain(text)
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in line}
    assert plain(line) == line
    assert line.encode().decode() == line


@pytest.mark.parametrize("text", ["Li6PS5Cl", "mp-1143_3", "Å, ± and –", "日本 (R-3m)", "-1", "\N{SUBSCRIPT THREE}"])
def test_names_in_use_stay_as_they_are(text: str) -> None:
    assert plain(text) == as_cell(text) == from_cell(text) == text


@given(TEXTS)
@example("'=1")
@example("\x00=1+1")
@example(" =1+1")
def test_a_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    cell = as_cell(text)
    assert not cell.startswith(FORMULA_STARTS) or is_number(cell)
    assert from_cell(cell) == plain(text)


@given(st.floats() | st.integers())
def test_numbers_are_no_formulas(value: float) -> None:
    assert as_cell(str(value)) == str(value)


def test_an_escape_sequence_goes_with_its_parameters_and_the_text_around_it_stays() -> None:
    assert plain("\x1b[1;31mred\x1b[0m") == "red"
    assert plain("\x1b]0;title\x07after") == "after"
    assert plain("before\x1b]0;no end") == "before0;no end"
