"""The same crystal is read from every format, and a bad entry does not affect the others."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ase import Atoms
from ase.io import write
from pymatgen.core import Lattice, Structure
from pymatgen.io.cif import CifWriter

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import same_crystal
from electrolith.gen.errors import UserError
from electrolith.gen.reading.read_crystals import Unreadable, read_crystals

Named = Callable[[str], Crystal]
NAMES = ("NaCl", "CaTiO3", "quartz")
PARTIAL = Structure(Lattice.cubic(5.6), [{"Na": 0.5, "K": 0.5}, "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def cif(crystal: Crystal) -> str:
    return str(CifWriter(crystal.structure))


def atoms(crystal: Crystal, **info: object) -> Atoms:
    made = Atoms(crystal.atomic_numbers, cell=crystal.lattice, scaled_positions=crystal.frac_coords, pbc=True)
    made.info.update(info)
    return made


def crystals(read: Iterable[Crystal | Unreadable]) -> list[Crystal]:
    found = list(read)
    assert all(isinstance(c, Crystal) for c in found), found
    return [c for c in found if isinstance(c, Crystal)]


def assert_same(found: list[Crystal], names: Iterable[str], crystal_named: Named) -> None:
    by_name = {c.name: c for c in found}
    assert sorted(by_name) == sorted(names)
    assert all(same_crystal(by_name[name], crystal_named(name)) for name in names)


@pytest.fixture
def folder(tmp_path: Path, crystal_named: Named) -> Path:
    for name in NAMES:
        (tmp_path / f"{name}.cif").write_text(cif(crystal_named(name)))
    return tmp_path


def test_a_folder_of_cifs(folder: Path, crystal_named: Named) -> None:
    assert_same(crystals(read_crystals(folder)), NAMES, crystal_named)


def test_a_folder_as_generate_writes_it_is_read_from_its_cifs(tmp_path: Path, crystal_named: Named) -> None:
    (tmp_path / "cifs").mkdir()
    (tmp_path / "cifs" / "NaCl.cif").write_text(cif(crystal_named("NaCl")))
    (tmp_path / "crystals.csv").write_text("id\nNaCl\n")
    assert_same(crystals(read_crystals(tmp_path)), ["NaCl"], crystal_named)


def test_a_single_cif_and_one_of_two_blocks(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "pair.cif"
    path.write_text(cif(crystal_named("NaCl")) + "\n" + cif(crystal_named("quartz")))
    found = crystals(read_crystals(path))
    assert [c.name for c in found] == ["pair", "pair-2"]
    assert [c.formula for c in found] == ["NaCl", "SiO2"]


def test_a_cif_with_symmetry_is_read_with_all_its_atoms(tmp_path: Path, named_crystal: Crystal) -> None:
    path = tmp_path / "crystal.cif"
    path.write_text(str(CifWriter(named_crystal.structure, symprec=0.01)))
    (found,) = crystals(read_crystals(path))
    assert same_crystal(found, named_crystal)


def test_a_zip_of_cifs_and_extxyz(folder: Path, crystal_named: Named) -> None:
    write(folder / "more.extxyz", [atoms(crystal_named("TiO2"), id="TiO2")])
    archive = folder / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (*folder.glob("*.cif"), folder / "more.extxyz"):
            packed.write(path, f"inside/{path.name}")
    assert_same(crystals(read_crystals(archive)), [*NAMES, "TiO2"], crystal_named)


def test_an_extxyz_with_names_and_properties(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "some.extxyz"
    write(path, [atoms(crystal_named(name), id=name, band_gap=1.5) for name in NAMES])
    found = crystals(read_crystals(path))
    assert_same(found, NAMES, crystal_named)
    assert {c.info["band_gap"] for c in found} == {1.5}


def test_a_csv_of_the_form_of_cdvae_and_mattergen(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["", "material_id", "dft_bulk_modulus", "e_above_hull", "note", "cif"])
        rows.writerows([k, name, 25.5, "", "kept", cif(crystal_named(name))] for k, name in enumerate(NAMES))
    found = crystals(read_crystals(path))
    assert_same(found, NAMES, crystal_named)
    assert all(c.info["bulk_modulus"] == c.info["dft_bulk_modulus"] == 25.5 for c in found)
    assert all(c.info["note"] == "kept" and "energy_above_hull" not in c.info for c in found)


def test_a_parquet_of_the_form_of_the_projects_data(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "crystals.parquet"
    parameters = {name: Lattice(crystal_named(name).lattice).parameters for name in NAMES}
    table = pd.DataFrame(
        {
            "material_id": NAMES,
            "atomic_numbers": [crystal_named(name).atomic_numbers for name in NAMES],
            "frac_coords": [crystal_named(name).frac_coords.ravel() for name in NAMES],
            "lattice_parameters": [np.array(parameters[name]) for name in NAMES],
            "band_gap": [5.0, float("nan"), 6.0],
        }
    )
    table.to_parquet(path)
    found = crystals(read_crystals(path))
    assert_same(found, NAMES, crystal_named)
    assert [c.info.get("band_gap") for c in found] == [5.0, None, 6.0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("no CIF at all", "no atoms"),
        (str(CifWriter(PARTIAL)), "partial occupancies on 1 of 2 sites.*make an ordered cell first"),
        ("data_x\n_cell_length_a 4\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\nNa1 0", "CIF"),
        (
            "data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa 0 0 0",
            "cell",
        ),
        ("data_x\n_cell_length_a nan", "no atoms"),
    ],
)
def test_a_bad_cif_gives_its_reason_and_its_neighbours_are_read(
    folder: Path, crystal_named: Named, text: str, reason: str
) -> None:
    (folder / "bad.cif").write_text(text)
    found = list(read_crystals(folder))
    assert_same([c for c in found if isinstance(c, Crystal)], NAMES, crystal_named)
    (bad,) = [c for c in found if isinstance(c, Unreadable)]
    assert bad.name == "bad"
    assert re.search(reason, bad.reason)
    assert "\n" not in bad.reason


def test_bad_frames_of_an_extxyz_give_their_reasons(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "some.extxyz"
    write(path, [atoms(crystal_named("NaCl"), id="NaCl")])
    good = path.read_text()
    lattice = 'Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3 pbc="T T T"'
    bad = [
        f"1\n{lattice}\nNa 0 0 nan\n",
        f"1\n{lattice}\nXy 0 0 0\n",
        "1\nno cell\nNa 0 0 0\n",
        "9\nends too early\nNa 0 0 0\n",
    ]
    path.write_text(good + bad[0] + bad[1] + bad[2] + good + bad[3])
    found = list(read_crystals(path))
    assert [isinstance(c, Crystal) for c in found] == [True, False, False, False, True, False]
    assert ["finite" in found[1].reason, "periodic" in found[3].reason, "ends" in found[5].reason] == [True] * 3


def test_bad_rows_of_a_csv_give_their_reasons(tmp_path: Path, crystal_named: Named) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["material_id", "cif"])
        rows.writerows(
            [["one", "broken"], ["NaCl", cif(crystal_named("NaCl"))], ["short"], ["two", str(CifWriter(PARTIAL))]]
        )
    found = list(read_crystals(path))
    assert [type(c).__name__ for c in found] == ["Unreadable", "Crystal", "Unreadable", "Unreadable"]
    assert [c.name for c in found] == ["one", "NaCl", "short", "two"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("nowhere.cif", None, "does not exist"),
        ("empty.cif", b"", "is empty"),
        ("notes.txt", b"words", "unknown format"),
        ("broken.zip", b"not a zip", "not a readable zip"),
        ("table.csv", b"a,b\n1,2\n", "no column `cif`"),
        ("table.parquet", b"not a parquet", "not a readable parquet"),
    ],
)
def test_a_path_that_holds_nothing_is_the_users_mistake_said_at_once(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        read_crystals(path)


def test_a_folder_and_a_zip_without_crystals_are_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no CIFs"):
        read_crystals(tmp_path)
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("notes.txt", "words")
    with pytest.raises(UserError, match="holds no CIFs"):
        read_crystals(tmp_path / "empty.zip")
