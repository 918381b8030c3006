"""The same crystal is read from every format, encoding and packing."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ase import Atoms
from ase.io import write
from pymatgen.core import Structure
from pymatgen.entries.computed_entries import ComputedStructureEntry
from pymatgen.io.cif import CifWriter
from pymatgen.io.cssr import Cssr
from pymatgen.io.vasp import Poscar

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import same_crystal
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals
from electrolith.io.reading_worker import SMALLEST

Named = Callable[[str], Crystal]


def one(path: Path) -> Crystal:
    (found,) = read_crystals(path)
    assert isinstance(found, Crystal), found
    return found


def reason(path: Path) -> str:
    (found,) = read_crystals(path)
    assert isinstance(found, Unreadable)
    return found.reason


def atoms(crystal: Crystal) -> Atoms:
    return Atoms(crystal.atomic_numbers, cell=crystal.lattice, scaled_positions=crystal.frac_coords, pbc=True)


def poscar(structure: Structure) -> str:
    return str(Poscar(structure, sort_structure=True).get_str())


WRITERS: dict[str, Callable[[Crystal], str]] = {
    "quartz.mcif": lambda c: str(CifWriter(c.structure)),
    "quartz.CIF": lambda c: str(CifWriter(c.structure)),
    "POSCAR": lambda c: poscar(c.structure),
    "CONTCAR.relaxed": lambda c: poscar(c.structure),
    "quartz.vasp": lambda c: poscar(c.structure),
    "list.json": lambda c: json.dumps([c.structure.as_dict()]),
    "entry.json": lambda c: json.dumps(ComputedStructureEntry(c.structure, -1.0, entry_id="mp-7").as_dict()),
    "quartz.cssr": lambda c: str(Cssr(c.structure)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_text_formats(tmp_path: Path, name: str, crystal_named: Named) -> None:
    quartz = crystal_named("quartz")
    (tmp_path / name).write_text(WRITERS[name](quartz))
    found = one(tmp_path / name)
    assert same_crystal(found, quartz)
    assert found.name == ("mp-7" if name == "entry.json" else name if "CAR" in name else name.partition(".")[0])


@pytest.mark.parametrize("name", ["quartz.xsf", "quartz.gen", "quartz.res", "quartz.traj", "quartz.db", "a.json"])
def test_formats_of_ase(tmp_path: Path, name: str, crystal_named: Named) -> None:
    quartz = crystal_named("quartz")
    write(tmp_path / name, atoms(quartz))
    assert same_crystal(one(tmp_path / name), quartz)


@pytest.mark.parametrize("packing", [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
@pytest.mark.parametrize("name", ["quartz.cif", "POSCAR"])
def test_a_packed_file_is_read_whatever_its_name_says(
    tmp_path: Path, name: str, packing: tuple[str, Callable[[bytes], bytes]], crystal_named: Named
) -> None:
    quartz = crystal_named("quartz")
    suffix, pack = packing
    text = poscar(quartz.structure) if name == "POSCAR" else str(CifWriter(quartz.structure))
    for path in (tmp_path / (name + suffix), tmp_path / name):
        path.write_bytes(pack(text.encode()))
        assert same_crystal(one(path), quartz)
    assert one(tmp_path / (name + suffix)).name == name.removesuffix(".cif")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("name", ["quartz.cif", "table.csv", "quartz.extxyz"])
def test_encodings(tmp_path: Path, encoding: str, name: str, crystal_named: Named) -> None:
    quartz = crystal_named("quartz")
    if name == "quartz.extxyz":
        write(tmp_path / name, atoms(quartz))
        text = (tmp_path / name).read_text()
    else:
        cif = "# Größe\n" + str(CifWriter(quartz.structure))
        text = cif if name == "quartz.cif" else f'id,cif\nGröße,"{cif}"\n'
    (tmp_path / name).write_bytes(text.encode(encoding))
    found = one(tmp_path / name)
    assert same_crystal(found, quartz)
    assert name != "table.csv" or found.name == "Größe"


def test_a_tar_and_a_packed_tar(tmp_path: Path, crystal_named: Named) -> None:
    cif = tmp_path / "quartz.cif"
    cif.write_text(str(CifWriter(crystal_named("quartz").structure)))
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz")):
        with tarfile.open(tmp_path / name, mode) as archive:  # type: ignore[call-overload]
            archive.add(cif, "../../quartz.cif")
            archive.add(cif, "notes.txt")
        reading = read_crystals(tmp_path / name)
        assert [entry.name for entry in reading] == ["quartz"]
        assert reading.not_read == ("notes.txt",)


def test_links_within_a_tar_are_read_and_others_are_named(tmp_path: Path) -> None:
    cif = tmp_path / "po.cif"
    cif.write_text(SMALLEST)
    links = {
        "sub/soft.cif": "../real.cif", "chain.cif": "sub/soft.cif", "out.cif": "/etc/passwd", "up.cif": "../real.cif",
        "a.cif": "b.cif", "b.cif": "a.cif", "folder.cif": "sub",
    }  # fmt: skip
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(cif, "real.cif")
        special(archive, "hard.cif", tarfile.LNKTYPE, "real.cif")
        special(archive, "lost.cif", tarfile.LNKTYPE, "none.cif")
        special(archive, "sub", tarfile.DIRTYPE)
        special(archive, "pipe.cif", tarfile.FIFOTYPE)
        for name, target in links.items():
            special(archive, name, tarfile.SYMTYPE, target)
    reading = read_crystals(tmp_path / "a.tar.gz")
    assert [(entry.name, type(entry)) for entry in reading] == [
        (name, Crystal) for name in ("real", "hard", "soft", "chain")
    ]
    assert reading.not_read == ("lost.cif", "pipe.cif", "out.cif", "up.cif", "a.cif", "b.cif", "folder.cif")


def special(archive: tarfile.TarFile, name: str, kind: bytes, target: str = "") -> None:
    """Adds a member that has no content."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    archive.addfile(member)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("size", "change", "reason"),
    [
        (3072, b"", "the archive lacks its end, so it was cut off"),
        (2900, b"", "the archive is damaged or was cut off"),
        (3072, b"x" * 2048, "a header in the archive is damaged"),
        (3072, bytes(512), ""),
    ],
)
def test_a_damaged_tar_is_read_up_to_its_fault(
    tmp_path: Path, size: int, change: bytes, reason: str, packed: bool
) -> None:
    (tmp_path / "po.cif").write_text(SMALLEST)
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in "abcde":
            archive.add(tmp_path / "po.cif", f"{name}.cif")
    content = stored.getvalue()[:size] + change
    (tmp_path / "a.tar").write_bytes(gzip.compress(content) if packed else content)
    *crystals, last = read_crystals(tmp_path / "a.tar")
    assert [one.name for one in crystals] == (["a", "b", "c"] if reason else ["a", "b"])
    assert (reason in last.reason) if reason else (last.name == "c")


def test_a_poscar_is_read_as_pymatgen_reads_it(tmp_path: Path, crystal_named: Named) -> None:
    quartz = crystal_named("quartz")
    lines = poscar(quartz.structure).splitlines()
    volume = f"{-quartz.volume}"
    cartesian = Poscar(quartz.structure, sort_structure=True).get_str(direct=False).splitlines()
    kinds = {
        "scale": [lines[0], volume, *lines[2:]],
        "selective": [*lines[:7], "Selective dynamics", lines[7], *(f"{row} T T F" for row in lines[8:])],
        "cartesian": cartesian,
        "potentials": [*lines[:5], "Si_pv O_s/12ab", *lines[6:]],
        "vasp4": ["Si O", *lines[1:5], *lines[6:]],
    }
    for name, text in kinds.items():
        path = tmp_path / f"{name}.poscar"
        path.write_text("\n".join(text))
        assert same_crystal(one(path), quartz), name
    assert "first line" in one(tmp_path / "vasp4.poscar").remarks[0]


def test_a_poscar_without_elements_is_refused_and_never_hydrogen(tmp_path: Path, crystal_named: Named) -> None:
    lines = poscar(crystal_named("quartz").structure).splitlines()
    path = tmp_path / "POSCAR"
    lines[8:] = [" ".join(row.split()[:3]) for row in lines[8:]]
    path.write_text("\n".join(["my crystal of today", *lines[1:5], *lines[6:]]))
    assert "4 elements in the first line" in reason(path)
    for words, says in (("Si X", "not a chemical element"), ("Si", "1 elements in line 6"), ("Si O N", "3 elements")):
        path.write_text("\n".join([*lines[:5], words, *lines[6:]]))
        assert says in reason(path)
    path.write_text("\n".join(lines[:10]))
    assert "positions" in reason(path)
    path.write_text("\n".join([*lines[:6], "3 99999999999", *lines[7:]]))
    assert "not a list of numbers of atoms" in reason(path)


def test_json_imports_nothing_that_it_names(tmp_path: Path, crystal_named: Named) -> None:
    structure = crystal_named("NaCl").structure.as_dict()
    structure["properties"] = {"x": {"@module": "antigravity", "@class": "Evil", "@callable": "run"}}
    structure["sites"][0]["properties"] = {"x": {"@module": "antigravity", "@class": "Evil"}}
    path = tmp_path / "evil.json"
    path.write_text(json.dumps({"mp-22862": {"data": structure}}))
    assert one(path).name == "mp-22862"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[" * 100_000, "not a readable JSON"),
        ("{}", "no structures"),
        ('{"a": ' + "9" * 5000 + "}", "not a readable JSON"),
        ('{"lattice": 1, "sites": []}', "not a readable structure"),
        ('{"lattice": {"matrix": [[1,0,0],[0,1,0],[0,0,"x"]]}, "sites": [{}]}', "not a readable structure"),
    ],
)
def test_a_json_without_structures_says_so(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert says in reason(tmp_path / "a.json")


@pytest.mark.parametrize(("occupancy", "is_read"), [(1.03, True), (1.1, False), (0.5, False), (0.0, False)])
def test_an_occupancy_is_full_up_to_the_limit_of_cif_with_a_remark(
    tmp_path: Path, crystal_named: Named, occupancy: float, is_read: bool
) -> None:
    structure = crystal_named("NaCl").structure.as_dict()
    structure["sites"][0]["species"][0]["occu"] = occupancy
    (tmp_path / "a.json").write_text(json.dumps(structure))
    (found,) = read_crystals(tmp_path / "a.json")
    assert isinstance(found, Crystal) == is_read
    assert ("1.03" in found.remarks[0]) if isinstance(found, Crystal) else ("occupanc" in found.reason)


def test_one_partial_occupancy_of_ase_is_refused(tmp_path: Path, crystal_named: Named) -> None:
    salt = atoms(crystal_named("NaCl"))
    salt.info["occupancy"] = {"0": {"Na": 0.5}, "1": {"Cl": 1.0}}
    for name in ("a.traj", "a.extxyz"):
        write(tmp_path / name, salt)
        assert "partial occupancies on 1 of 2" in reason(tmp_path / name)


def test_a_json_that_is_not_periodic_or_has_groups_as_labels_is_refused(tmp_path: Path, crystal_named: Named) -> None:
    structure = crystal_named("NaCl").structure.as_dict()
    structure["lattice"]["pbc"] = [True, True, False]
    (tmp_path / "a.json").write_text(json.dumps(structure))
    assert "not periodic" in reason(tmp_path / "a.json")
    structure["lattice"]["pbc"] = [True] * 3
    structure["sites"][0] = {"abc": [0, 0, 0], "label": "NH4"}
    (tmp_path / "a.json").write_text(json.dumps(structure))
    assert "'NH4' is not a chemical element" in reason(tmp_path / "a.json")


def test_elements_in_the_rows_of_a_poscar_are_used_and_contradictions_refused(tmp_path: Path) -> None:
    head, rows = ["1", "4 0 0", "0 4 0", "0 0 4"], ["0 0 0 {}", ".5 .5 .5 {}"]
    path = tmp_path / "POSCAR"

    def written(comment: str, elements: list[str], labels: tuple[str, str], mode: str = "Direct") -> Path:
        lines = [comment, *head, *elements, "1 1", mode, *(r.format(s) for r, s in zip(rows, labels, strict=True))]
        path.write_text("\n".join(lines))
        return path

    assert one(written("a salt", [], ("Na", "Cl2"))).formula == "NaCl"
    assert "rows of its atoms" in one(path).remarks[0]
    assert "first line" in one(written("Na Cl", [], ("", ""))).remarks[0]
    assert one(written("", ["Na F"], ("T T T", "T T F"), "Selective dynamics\nDirect")).formula == "NaF"
    assert "atom 2 is Br in its row, but Cl by line 6" in reason(written("", ["Na Cl"], ("Na", "Br")))
    assert "atom 1 is Na in its row, but K by the first line" in reason(written("K Br", [], ("Na", "Cl")))
    assert "not symbols of elements" in reason(written("as no", [], ("", "")))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("LATT -1", "", "no LATT -1"),
        ("LATT -1", "LATT 1", "no LATT -1"),
        ("LATT -1", "LATT -1\nUNIT 4 4", "file of SHELX"),
        ("SFAC", "PART 1\nSFAC", "file of SHELX"),
        (" 1.0", " 11.0", "coded occupancies"),
        (" 1.0", " 0.5", "partial occupancies"),
        ("SFAC Na Cl", "SFAC K Br", "is K by its number"),
        ("Na 1", "Na 3", "SFAC, which lists 2"),
        ("CELL 1 4 4 4", "CELL 1 4 4", "lacks a cell"),
    ],
)
def test_a_res_of_shelx_is_refused_with_the_reason(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = "TITL x\nCELL 1 4 4 4 90 90 90\nLATT -1\nSFAC Na Cl\n"
    text += "Na 1 0 0 0 1.0\nCl 2 .5 .5 .5 1.0\nEND\nNa 1 .1 .1 .1 1.0\n"
    (tmp_path / "a.res").write_text(text)
    assert one(tmp_path / "a.res").formula == "NaCl"
    (tmp_path / "a.res").write_text(text.replace(old, new))
    assert says in reason(tmp_path / "a.res")


def test_operations_of_a_format_that_has_no_reader_for_them_are_refused(tmp_path: Path, crystal_named: Named) -> None:
    write(tmp_path / "a.res", atoms(crystal_named("NaCl")))
    text = (tmp_path / "a.res").read_text()
    (tmp_path / "a.res").write_text(text.replace("LATT -1", "LATT -1\nSYMM -x,-y,-z"))
    assert "file of SHELX" in reason(tmp_path / "a.res")
    (tmp_path / "a.cssr").write_text(str(Cssr(crystal_named("NaCl").structure)).replace("SPGR =  1", "SPGR = 225"))
    assert "operations" in reason(tmp_path / "a.cssr")


def test_an_old_trajectory_which_can_run_code_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.traj").write_bytes(b"PickleTrajectory\x80\x04cos\nsystem\n.")
    assert "can run code" in reason(tmp_path / "a.traj")
