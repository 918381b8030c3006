"""Strangers' files, as they were reported: each is read right, or refused with the true reason in its own row."""

from __future__ import annotations

import csv
import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from paths import TESTS
from pymatgen.io.cif import CifWriter

from electrolith.gen.crystal import Crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading import archive_members, csv_lines, extxyz_reader, faults, source
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals

Named = Callable[[str], Crystal]
CASES = TESTS / "cases"
FRAME = '2\nLattice="4 0 0 0 4 0 0 0 4" {}\nNa 0 0 0\nCl 2 2 2\n'


def read(path: Path) -> list[tuple[str, str]]:
    """Names, and formulas or reasons."""
    return [(e.name, e.reason if isinstance(e, Unreadable) else e.formula) for e in read_crystals(path)]


@pytest.fixture
def salt(crystal_named: Named) -> str:
    return str(CifWriter(crystal_named("NaCl").structure))


@pytest.mark.parametrize("name", ["c05_semicolon.csv", "c07_CIF_upper.csv"])
def test_a_table_is_read_with_any_separator_and_a_cif_column_in_any_case(name: str) -> None:
    assert read(CASES / name) == [("0", "LiF"), ("1", "LiCl"), ("2", "LiBr"), ("3", "LiI")]


def test_a_table_without_the_column_names_its_separator_and_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name\tstructure\n1\tx\n")
    with pytest.raises(UserError, match="Found, separated by a tab: name, structure"):
        read_crystals(tmp_path / "a.csv")


def test_blank_lines_before_the_header_of_a_table_do_not_count(tmp_path: Path, salt: str) -> None:
    (tmp_path / "a.csv").write_text(f'\n\r\n  \nid,cif\n\na,"{salt}"\n')
    assert read(tmp_path / "a.csv") == [("a", "NaCl")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('a,"{}"\n', "has no header: its first row is a crystal"),
        ('"na\nme",x\na,"x"\n', "Found, separated by a comma: na me, x"),
        ('"' + "line\n" * 300_000, "a header of more than 1 MB"),
    ],
    ids=["no header", "line break", "open quote"],
)
def test_a_strange_header_of_a_table_is_the_users_mistake_in_one_line(
    tmp_path: Path, salt: str, text: str, says: str
) -> None:
    (tmp_path / "a.csv").write_text(text.replace("{}", salt))
    with pytest.raises(UserError, match=says) as caught:
        read_crystals(tmp_path / "a.csv")
    assert "\n" not in str(caught.value)


def test_deuterium_is_hydrogen_with_a_remark_and_an_unknown_atom_is_refused() -> None:
    first, second, third = read_crystals(CASES / "e12_D_X.xyz")
    assert isinstance(first, Crystal)
    assert (first.formula, first.remarks) == ("LiH", ("deuterium (D) is read as hydrogen",))
    assert isinstance(second, Unreadable)
    assert "'X' is not a chemical element" in second.reason
    assert isinstance(third, Crystal)
    assert third.formula == "NaCl"


def test_files_in_a_folder_are_read_whatever_the_case_of_their_ends() -> None:
    assert read(CASES / "f01_upper") == [("A", "LiF"), ("b", "LiCl"), ("c", "LiBr"), ("d", "LiI")]


def test_a_damaged_member_of_a_zip_costs_its_own_row() -> None:
    found = read(CASES / "baddeflate.zip")
    assert [name for name, _ in found] == ["g0", "g1", "g2", "g3", "g4"]
    assert [one for one in found if "cannot be read" in one[1]] == [found[1]]


def test_two_members_of_one_name_are_two_crystals() -> None:
    assert sorted(name for name, _ in read(CASES / "dup.zip")) == ["same", "same", "stem", "stem"]


def test_a_flat_cell_costs_its_own_frame() -> None:
    (_, reason), second = read(CASES / "s_flat.extxyz")
    assert "flat" in reason
    assert second == ("m00000", "NbMoSe4")


def test_arrays_as_ids_are_the_users_mistake() -> None:
    with pytest.raises(UserError, match="column id must hold a text or a number"):
        read_crystals(CASES / "idarr.parquet")


def test_names_are_printable_and_of_bounded_length(tmp_path: Path, salt: str) -> None:
    for name, _ in read(CASES / "names.csv"):
        assert name.isprintable()
        assert len(name) <= 200
    with (tmp_path / "a.csv").open("w", newline="") as stream:
        rows = [["id", "cif"], ["\x1b[31mred\x1b[0m \x1b]0;title\x07end", salt], ["x" * 10_000, salt]]
        csv.writer(stream).writerows([*rows, ["up\u202edown\u0007\nnext", salt], ["lone \ud800", salt]][:4])
    assert [name for name, _ in read(tmp_path / "a.csv")] == ["red end", "x" * 199 + "…", "updown next"]


OF_SYSTEMS = (".hidden", ".DS_Store", "._a.cif", "~$a.cif", "Thumbs.db", "desktop.ini")


def test_a_folder_names_what_it_does_not_read_but_not_the_files_of_our_own_runs(tmp_path: Path, salt: str) -> None:
    for name in (
        "a.cif",
        "b.CIF.gz",
        "notes.txt",
        "run.yaml",
        "crystals.csv",
        "table.csv",
        "settings.json",
        *OF_SYSTEMS,
    ):
        (tmp_path / name).write_text(salt if "cif" in name.lower() else "{}")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.cif").write_text(salt)
    reading = read_crystals(tmp_path)
    assert [entry.name for entry in reading] == ["a", "b"]
    assert reading.not_read == ("more/", "notes.txt", "settings.json", "table.csv")


def test_poscars_in_folders_are_named_by_their_folders(tmp_path: Path) -> None:
    for name in ("mp-1", "mp-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "POSCAR").write_text("x\n1\n4 0 0\n0 4 0\n0 0 4\nNa Cl\n1 1\nDirect\n0 0 0\n.5 .5 .5\n")
    assert read(tmp_path) == [("mp-1-POSCAR", "NaCl"), ("mp-2-POSCAR", "NaCl")]


def test_a_zip_names_what_it_does_not_read_and_its_paths_are_harmless(tmp_path: Path, salt: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("../../up.cif", "/etc/root.cif", "notes.txt", "__MACOSX/._up.cif", *OF_SYSTEMS):
            archive.writestr(name, salt)
    before = sorted(tmp_path.rglob("*"))
    reading = read_crystals(tmp_path / "a.zip")
    assert sorted(entry.name for entry in reading) == ["root", "up"]
    assert reading.not_read == ("notes.txt",)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_encrypted_member_and_one_that_unpacks_to_too_much_say_so(
    tmp_path: Path, salt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.cif", salt)
        archive.writestr("large.cif", " " * 50_000)
        archive.writestr("locked.cif", salt)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encryption, in both headers
        data[data.rfind(mark) + offset] |= 1
    path.write_bytes(data)
    for module in (source, archive_members):
        monkeypatch.setattr(module, "LARGEST_ENTRY", 20_000)
    found = dict(read(path))
    assert found["good"] == "NaCl"
    assert "unpacks to 50 kB, more than 20 kB" in found["large"]
    assert "encrypted" in found["locked"]


def test_a_packed_file_that_is_cut_or_too_large_gives_the_reason(
    tmp_path: Path, salt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LARGEST_ENTRY", 20_000)
    packed = gzip.compress(salt.encode())
    contents = {"cut": packed[:-20], "flipped": packed[:60] + b"\xff\xff" + packed[62:], "not": b"\x1f\x8bnot gzip"}
    for name, content in contents.items():
        (tmp_path / f"{name}.cif.gz").write_bytes(content)
    (tmp_path / "large.cif.gz").write_bytes(gzip.compress(b" " * 50_000))
    found = dict(read(tmp_path))
    assert sorted(found) == ["cut", "flipped", "large", "not"]
    assert "unpack to more than 20 kB" in found.pop("large")
    assert all("cannot be read" in reason for reason in found.values())


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ("1000000000\nx\nH 0 0 0\n", "too large"),
        ("-1\nx\n", "must start with its number"),
        ("1" * 5000 + "\nx\n", "must start with its number"),
        (FRAME.format("Properties=species:S:1:pos:R:1000000000"), "wrong number of columns"),
        (FRAME.format("Properties=species:S:1:pos:R:3:forces:R:3"), "4 columns, not 7"),
        (FRAME.format("Properties=pos:R:3"), "lacks species or pos"),
        (FRAME.format('pbc="T T F"'), "not periodic"),
        (FRAME.format('pbc="t t f"'), "not periodic"),
        (FRAME.format('PBC="1 1 0"'), "not periodic"),
        (FRAME.format('pbc="xy"'), "not periodic"),
        (FRAME.format("").replace("Cl", "CO"), "may be Co or a group of atoms"),
        (FRAME.format("").replace("Cl", "Nh"), "Nh has no known crystals"),
        (
            FRAME.format("Properties=species:S:1:pos:R:3:occupancy:R:1")
            .replace(" 0\nCl", " 0 0.5\nCl")
            .replace("2 2 2", "2 2 2 1"),
            "partial occupancies on 1 of 2",
        ),
        (FRAME.format("occupancy=0.5"), "partial occupancies"),
        (FRAME.format(f"note={'x' * 1_000_000}"), "comment line has more than 1 MB"),
        (FRAME.format("").replace("2 2 2", "0 0 0.05"), "0.05 Å apart"),
        (FRAME.format("").replace("4 0 0 0 4 0 0 0 4", "4 0 0 0 4"), "not a readable frame"),
        (FRAME.format("").replace("2 2 2", "nan 2 2"), "not finite"),
        (FRAME.format("").replace("4 0 0", "inf 0 0"), "not finite"),
        (FRAME.format("").replace("4 0 0", "1e308 0 0"), ""),
    ],
)
def test_a_bad_frame_gives_its_reason_and_earlier_frames_are_read(tmp_path: Path, frame: str, says: str) -> None:
    path = tmp_path / "a.extxyz"
    path.write_text(FRAME.format("id=one") + "\n" + frame)
    first, *rest = read(path)
    assert first == ("one", "NaCl")
    assert says in rest[0][1]


def test_a_frame_larger_than_the_limit_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extxyz_reader, "LARGEST_ENTRY", 1000)
    (tmp_path / "a.xyz").write_text(FRAME.format("id=one") + "100\n" + "x" * 1500)
    assert "more than 1 kB" in read(tmp_path / "a.xyz")[1][1]


def test_a_row_with_a_huge_field_or_too_few_columns_costs_its_own_row(
    tmp_path: Path, salt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_lines, "LARGEST_ROW", 5000)
    with (tmp_path / "a.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerows([["id", "note", "cif"], ["one", "", salt], ["two", "line\n" * 3000, salt], ["three"]])
        rows.writerows([["four", "", salt], ["nul\0", "", salt]])
    found = dict(read(tmp_path / "a.csv"))
    assert found["one"] == found["four"] == found["nul"] == "NaCl"
    assert "more than 5 kB" in found["a-2"]
    assert "ends before its column" in found["three"]


def test_rows_of_a_parquet_with_gaps_or_wrong_lengths_give_their_reasons(tmp_path: Path) -> None:
    good = [[11, 17], [0, 0, 0, 0.5, 0.5, 0.5], [4, 4, 4, 90, 90, 90]]
    bad = [
        [None, good[1], good[2]],
        [good[0], good[1][:4], good[2]],
        [good[0], good[1], good[2][:5]],
        [good[0], [0, 0, 0, 0, 0, float("nan")], good[2]],
        [[11, 400], good[1], good[2]],
        [[], [], good[2]],
    ]
    columns = ["atomic_numbers", "frac_coords", "lattice_parameters"]
    table = pd.DataFrame([*bad, good], columns=columns).assign(id=[*("bad" for _ in bad), None])
    table.to_parquet(tmp_path / "a.parquet")
    found = list(read_crystals(tmp_path / "a.parquet"))
    assert [type(one).__name__ for one in found] == ["Unreadable"] * len(bad) + ["Crystal"]
    assert found[-1].name == "a-7"


@pytest.mark.parametrize(
    ("numbers", "parameters", "says"),
    [
        ([11.5, 17.0], [4, 4, 4, 90, 90, 90], "not whole numbers"),
        ([True, True], [4, 4, 4, 90, 90, 90], "true and false"),
        ([11, 17], [-4, 4, 4, 90, 90, 90], "lengths -4, 4, 4"),
        ([11, 17], [4, 0, 4, 90, 90, 90], "lengths 4, 0, 4"),
        ([11, 17], [4, 4, 4, 90, 90, 450], "between 0° and 180°"),
        ([11, 17], [4, 4, 4, 1.5708, 1.5708, 2.0944], "radians"),
    ],
)
def test_numbers_of_a_parquet_that_no_cell_has_are_refused(
    tmp_path: Path, numbers: list[float], parameters: list[float], says: str
) -> None:
    columns = {
        "atomic_numbers": [numbers],
        "frac_coords": [[0, 0, 0, 0.5, 0.5, 0.5]],
        "lattice_parameters": [parameters],
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet")
    assert says in read(tmp_path / "a.parquet")[0][1]


def test_nested_lists_in_a_parquet_give_a_reason(tmp_path: Path) -> None:
    nested = [[[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]]]
    columns = {"atomic_numbers": [[11, 17]], "frac_coords": nested, "lattice_parameters": [[4.0] * 3 + [90.0] * 3]}
    pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet")
    ((_, formula_or_reason),) = read(tmp_path / "a.parquet")
    assert formula_or_reason


def test_special_files_and_names_that_no_disk_has_are_the_users_mistake(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cif")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        read_crystals(tmp_path / "pipe.cif")
    with pytest.raises(UserError, match="cannot be read"):
        read_crystals("x" * 5000 + ".cif")


def test_the_crystals_of_a_large_count_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MOST_ATOMS", 1)
    (tmp_path / "a.xyz").write_text(FRAME.format(""))
    assert "2 atoms, more than 1" in read(tmp_path / "a.xyz")[0][1]
