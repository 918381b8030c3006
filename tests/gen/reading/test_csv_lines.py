"""A quotation mark that is not closed costs its own row only, in a time that grows with the size of the file."""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Iterator

import pytest
from cif_texts import FM3M, cif

from electrolith.gen.reading.csv_lines import NOT_CLOSED, RowLines

CIF = cif(FM3M, "_symmetry_equiv_pos_as_xyz 'x, y, z'", '_a "P 1, x"')
PLACES = {"last": ("id", "cif"), "first": ("cif", "id"), "middle": ("id", "e", "cif", "note")}


def rows(text: str, columns: int, separator: str = ",", has_cifs: bool = True) -> Iterator[list[str] | str]:
    for lines in RowLines(iter(io.StringIO(text, newline="")), separator, columns, has_cifs):
        yield lines if isinstance(lines, str) else next(csv.reader(lines, delimiter=separator), [])


def table(header: tuple[str, ...], count: int = 4) -> list[str]:
    """The text of each row."""
    found = []
    for k in range(count):
        buffer = io.StringIO(newline="")
        values = {"id": f"n{k}", "e": str(k), "cif": CIF, "note": 'a "b", c'}
        csv.writer(buffer).writerow([values[name] for name in header])
        found.append(buffer.getvalue())
    return found


@pytest.mark.parametrize("header", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("damaged", [0, 1, 3])
def test_a_cif_whose_quotation_mark_is_not_closed_costs_its_own_row(header: tuple[str, ...], damaged: int) -> None:
    texts = table(header)
    whole = list(rows("".join(texts), len(header)))
    end = texts[damaged].rindex('"', 0, texts[damaged].rindex(CIF[-20:-1]) + 22)
    texts[damaged] = texts[damaged][:end] + texts[damaged][end + 1 :]
    found = list(rows("".join(texts), len(header)))
    assert found[:damaged] == whole[:damaged]
    assert found[damaged] == NOT_CLOSED or header == PLACES["middle"]
    left = whole[damaged + 1 :]
    assert not left or found[-len(left) :] == left


WORDS = ("a", "b ", ", ", ' "c"', '{"d":1,"e":""}', "\n", "\r\n")


def test_sound_tables_are_read_as_python_reads_them() -> None:
    generator = random.Random(0)
    for has_cifs in (True, False):
        for _ in range(300):
            texts = ["".join(generator.choices(WORDS, k=generator.randint(0, 6))) for _ in range(9)]
            buffer = io.StringIO(newline="")
            csv.writer(buffer).writerows(zip(*3 * [iter(texts)], strict=True))
            expected = list(csv.reader(io.StringIO(buffer.getvalue(), newline="")))
            assert list(rows(buffer.getvalue(), 3, has_cifs=has_cifs)) == expected


def test_rows_of_one_line_behind_an_open_quotation_mark_are_read() -> None:
    lines = ["LiCl,-1\n", 'NaCl,"-2\n', "KCl,-3\n", 'RbCl,"-4"\n', "CsCl,-5\n"]
    assert [row if row == NOT_CLOSED else row[0] for row in rows("".join(lines), 2, has_cifs=False)] == [
        "LiCl", NOT_CLOSED, "KCl", "RbCl", "CsCl",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ['a,"b\n', 'x"y,"z\n', '"\n', 'x"y,"z\nb,1\n', "a,b\n"], ids=repr)
@pytest.mark.parametrize("has_cifs", [True, False])
def test_the_time_grows_with_the_size(line: str, has_cifs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("electrolith.gen.reading.csv_lines.LARGEST_ROW", 20_000)
    begin = time.process_time()
    count = sum(1 for _ in rows('k,"\n' + line * (200_000 // len(line)), 2, has_cifs=has_cifs))
    assert count >= 1
    assert time.process_time() - begin < 5
