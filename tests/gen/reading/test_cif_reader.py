"""A CIF is the crystal that it states, or it is refused with the reason; every block with atoms is an entry."""

from __future__ import annotations

import csv
import re
import time

import numpy as np
import pytest
from cif_texts import ALL_OF_NACL, FM3M, NACL, ROCK_SALT, XYZ, cell, cif, crystal, reason, table
from paths import TESTS
from pymatgen.io.cif import CifWriter

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.cif_reader import Unreadable, crystals_of_cif
from electrolith.gen.symmetry.space_group_search import MEDIUM_SYMPREC, symmetry_dataset

CASES = TESTS / "cases"
with (CASES / "cif_cases.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['file']}-{row['entry']}")
def test_a_cif_of_a_bug_report_is_read_right_or_refused_with_the_true_reason(row: dict[str, str]) -> None:
    entries = list(crystals_of_cif((CASES / row["file"]).read_text(encoding="utf-8"), "case"))
    assert len(entries) == sum(other["file"] == row["file"] for other in ROWS)
    entry = entries[int(row["entry"]) - 1]
    if row["reason"]:
        assert isinstance(entry, Unreadable)
        assert re.search(row["reason"], entry.reason)
        return
    assert isinstance(entry, Crystal), entry
    dataset = symmetry_dataset(entry, MEDIUM_SYMPREC)
    assert dataset is not None
    assert (entry.formula, len(entry), dataset.number) == (row["formula"], int(row["atoms"]), int(row["space_group"]))


def test_atoms_stand_in_the_order_of_electronegativity_then_of_the_file(named_crystal: Crystal) -> None:
    found = crystal(str(CifWriter(named_crystal.structure)))
    expected = named_crystal.structure.get_sorted_structure()
    assert found.atomic_numbers.tolist() == [site.specie.Z for site in expected]
    offsets = found.frac_coords - expected.frac_coords
    assert np.abs(offsets - np.round(offsets)).max() < 1e-6


def test_every_block_with_atoms_or_a_cell_is_an_entry_and_others_are_not() -> None:
    text = "\n".join(
        [
            cif(FM3M, name="same"), cif(FM3M, name="same"), "data_global\n_journal_name_full 'A journal'",
            f"data_cell\n{cell(*ROCK_SALT)}", f"data_atoms\n{table(NACL)}", cif(FM3M, rows=[*NACL, "Br1 Br"]),
        ]
    )  # fmt: skip
    found = list(crystals_of_cif(text, "x"))
    assert [c.name for c in found] == ["x", "x-2", "x-3", "x-4", "x-5"]
    assert [isinstance(c, Crystal) for c in found] == [True, True, False, False, False]
    reasons = [c.reason for c in found if isinstance(c, Unreadable)]
    assert ["no atoms" in reasons[0], "no cell" in reasons[1], "not a readable CIF" in reasons[2]] == [True] * 3


def test_only_xyz_beside_a_group_means_the_listed_atoms_or_the_group_as_formula_and_z_say() -> None:
    stated = ("_chemical_formula_sum 'Na Cl'", "_cell_formula_units_Z 4", FM3M, XYZ)
    assert len(crystal(cif(*stated))) == 8
    assert len(crystal(cif(*stated, rows=ALL_OF_NACL))) == 8
    assert "which agrees with what the file states" in crystal(cif(*stated)).remarks[0]
    assert "Cl Na" in reason(cif(*stated[:1], *stated[2:]))
    assert "F m -3 m (Cl4 Na4)" in reason(cif(*stated[2:]))


def test_the_cell_that_holds_z_formulas_as_written_is_preferred() -> None:
    assert len(crystal(cif("_chemical_formula_sum 'Na4 Cl4'", "_cell_formula_units_Z 1", FM3M, XYZ))) == 8


@pytest.mark.parametrize(("of", "words"), [(0.564, "Å"), (564, "density"), (1.2, "density")])
def test_a_cell_in_other_units_than_angstroms_is_refused(of: float, words: str) -> None:
    assert words in reason(cif(FM3M, of=(of,) * 3 + (90,) * 3))


@pytest.mark.parametrize(
    "label",
    ["O1W", "O(H)", "O1H", "O(1)H", "O_H", "O(W)", "O_w", "O1w", "(OH)", "OH-", "Owater", "Ohyd", "O_water", "W1"],
)
def test_water_and_hydroxyl_without_hydrogens_are_refused(label: str) -> None:
    text = cif(FM3M, rows=[f"{label} O 0 0 0 1", "Na1 Na .5 .5 .5 1"])
    assert "hydrogens" in reason(text)
    assert len(crystal(text.replace("data_x", "data_x\n_chemical_formula_sum 'Na O'"))) == 8
    assert len(crystal(text.replace(f"{label} O", "O1 O"))) == 8


def test_a_list_of_all_atoms_beside_a_group_is_counted_once() -> None:
    found = crystal(cif(FM3M, rows=ALL_OF_NACL))
    assert len(found) == 8
    assert "counted once" in found.remarks[0]


def test_a_file_without_symmetry_is_taken_as_listed_with_a_remark() -> None:
    found = crystal(cif(rows=ALL_OF_NACL))
    assert (len(found), found.remarks) == (8, ("It states no symmetry: all atoms are taken as listed (P1).",))


def test_an_origin_that_nothing_decides_is_not_guessed() -> None:
    silicon = cif("_symmetry_Int_Tables_number 227", rows=["Si1 Si .125 .125 .125 1"], of=(5.43,) * 3 + (90,) * 3)
    assert "F d -3 m:1 (Si16) or F d -3 m:2 (Si8)" in reason(silicon)
    decided = silicon.replace("data_x", "data_x\n_exptl_crystal_density_diffrn 2.33")
    assert len(crystal(decided)) == 8


def test_an_origin_that_only_distances_decide_is_not_said_to_agree_with_statements() -> None:
    rows, of = ["Si1 Si .2600 .2600 .1000 1"], (9, 9, 9, 90, 90, 90)
    (remark,) = crystal(cif("_symmetry_space_group_name_H-M 'P n n n'", rows=rows, of=of)).remarks
    assert "by the others, atoms are closer than 0.5 Å" in remark


def test_a_magnetic_cif_is_read_as_the_crystal_of_the_nuclei() -> None:
    operations = (
        "loop_\n_space_group_symop_magn_operation.xyz\nx,y,z,+1\n-x,-y,-z,+1\n-x,-y,-z,-1\n"
        "loop_\n_space_group_symop_magn_centering.xyz\nx,y,z,+1\nx+1/2,y+1/2,z,-1"
    )
    found = crystal(cif(operations, rows=["Ni1 Ni 0 0 0 1", "O1 O .5 .5 .5 1"]))
    assert (found.formula, len(found)) == ("NiO", 4)
    assert "Magnetic moments" in found.remarks[0]


def test_partial_occupancies_are_named_even_if_the_formula_differs() -> None:
    text = cif(FM3M, "_chemical_formula_sum 'Na Cl'", rows=["Na1 Na 0 0 0 .5", NACL[1]])
    assert reason(text).startswith("partial occupancies on")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (cif(FM3M, rows=[f"Na{k} Na {k % 71 / 71} {k % 73 / 73} 0 1" for k in range(5_001)]), "5,001 sites"),
        (cif("loop_\n_symmetry_equiv_pos_as_xyz", *["x,y,z"] * 2_000), "2,000 symmetry operations"),
        (cif(FM3M, rows=["Na Na 0 0 0 1"] * 4_999), "at one place"),
        (cif(FM3M, of=("1" * 10_000, 1, 1, 90, 90, 90)), "not a finite number"),
        (cif(FM3M, "_chemical_formula_sum '" + "(" * 100_000 + "'", "_x " + "'" * 100_000, rows=["Na Na"]), "CIF"),
    ],
)
def test_a_constructed_cif_costs_no_more_than_a_second(text: str, words: str) -> None:
    start = time.process_time()
    assert words in reason(text)
    assert time.process_time() - start < 2
