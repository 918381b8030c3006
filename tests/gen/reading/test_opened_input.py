"""Each entry tells the file, and the place in it, that it was read from."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from cif_texts import cif

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading import faults
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals

CIF = cif("_chemical_formula_sum 'Na Cl'", "_space_group_name_H-M_alt 'F m -3 m'")
FRAME = '1\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3 pbc="T T T" id=same\nPo 0 0 0\n'


def sources(path: Path) -> dict[str, str]:
    """The name of each entry by its source; fails where two entries have one source."""
    found = [(entry.source.replace(str(path), "X"), entry.name) for entry in read_crystals(path)]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.parametrize(("crystals", "most"), [(0, 10), (1, 30)])
def test_more_unreadable_entries_in_a_row_end_their_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crystals: int, most: int
) -> None:
    monkeypatch.setattr(faults, "MOST_AT_START", 10)
    monkeypatch.setattr(faults, "MOST_IN_A_ROW", 30)
    run, empty = crystals * FRAME + most * "0\n\n", "0\n\n"
    for name, text in (("a", run), ("b", run + FRAME + empty), ("c", run + 9 * empty + FRAME), ("d", FRAME)):
        (tmp_path / f"{name}.xyz").write_text(text)
    found: dict[str, list[Crystal | Unreadable]] = {}
    for entry in read_crystals(tmp_path):
        found.setdefault(Path(entry.source).name[0], []).append(entry)
    frames = crystals + most
    assert [len(found[name]) for name in "abcd"] == [frames, frames + 2, frames + 1, 1]
    last = found["c"][-1]
    assert isinstance(last, Unreadable)
    assert last.reason == f"{most} entries in a row could not be read; the rest of the file is not read"
    assert last.source.endswith(f"c.xyz, frame {frames + 1}")


def test_two_entries_of_one_name_have_two_sources(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one/b.cif", CIF)
        archive.writestr("two/b.cif", "words")
    for folder in ("one", "two"):
        (tmp_path / "tree" / folder).mkdir(parents=True)
        (tmp_path / "tree" / folder / "b.cif").write_text(CIF)
    assert sources(tmp_path / "a.zip") == {"X:one/b.cif": "b", "X:two/b.cif": "b"}
    assert sources(tmp_path / "tree") == {"X/one/b.cif": "b", "X/two/b.cif": "b"}


def test_rows_frames_and_structures_are_counted(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["id", "cif"], ["same", CIF], ["same", "words"], ["same"]])
    (tmp_path / "f.xyz").write_text(2 * FRAME + "x\n")
    (tmp_path / "blocks.cif").write_text(2 * CIF)
    assert sources(tmp_path / "t.csv") == {f"X, row {k}": "same" for k in (1, 2, 3)}
    assert sources(tmp_path / "f.xyz") == {"X, frame 1": "same", "X, frame 2": "same", "X, frame 3": "f-3"}
    assert sources(tmp_path / "blocks.cif") == {"X": "blocks", "X, structure 2": "blocks-2"}
