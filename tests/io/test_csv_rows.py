"""A table gives back the plain texts that were written, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from electrolith.io.csv_rows import csv_rows, csv_text

NAMES = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "'=1", "-1", "Li2O", "a;b,c", 'say "x"')


def test_a_table_gives_back_its_texts(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(csv_text([["id", "n"], *([name, -1.5] for name in NAMES)]))
    rows = list(csv_rows(tmp_path / "t.csv"))
    assert [row["id"] for row in rows] == list(NAMES)
    assert {row["n"] for row in rows} == {"-1.5"}


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_is_a_formula(name: str) -> None:
    ((cell,),) = csv.reader(io.StringIO(csv_text([[name]])))
    assert cell[0] not in "=+-@" or cell == "-1"


def test_line_breaks_and_escape_sequences_do_not_reach_a_table() -> None:
    assert csv_text([["a\nb\r\nc", "\x1b[31mred"]]) == "a b c,red\n"
