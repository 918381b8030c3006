"""Sites of a CIF: occupancies, dummies, disorder groups, hydrogens that are not listed."""

from __future__ import annotations

import pytest
from cif_texts import COLUMNS, FM3M, NACL, P1, cif, crystal, reason

PLAIN = "label type_symbol fract_x fract_y fract_z"


@pytest.mark.parametrize("occupancy", ["1", "1.0(2)", ".", "?", "1.05", "0.9999"])
def test_an_occupancy_that_is_unknown_or_near_one_is_one(occupancy: str) -> None:
    assert len(crystal(cif(FM3M, rows=[NACL[0], f"Cl1 Cl .5 .5 .5 {occupancy}"]))) == 8


@pytest.mark.parametrize(
    ("occupancy", "words"),
    [
        ("1.06", "1.06, above 1.05"),
        ("-0.5", "below 0"),
        ("0.5", "partial occupancies on 4 of 8"),
        ("x", "not a finite"),
    ],
)
def test_other_occupancies_are_refused(occupancy: str, words: str) -> None:
    assert words in reason(cif(FM3M, rows=[NACL[0], f"Cl1 Cl .5 .5 .5 {occupancy}"]))


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("X1 . .1 .1 .1 1 dum", "calc_flag", "dummy atom X1 is left out"),
        ("Va1 Va .25 .25 .25 1 .", "calc_flag", "vacancy Va1 is left out"),
        ("Br1 Br .25 .25 .25 0 .", "calc_flag", "occupancy 0 and is left out"),
    ],
)
def test_what_is_no_atom_is_left_out_with_a_remark(row: str, column: str, words: str) -> None:
    found = crystal(cif(FM3M, rows=[f"{NACL[0]} .", f"{NACL[1]} .", row], columns=f"{COLUMNS} {column}"))
    assert len(found) == 8
    assert any(words in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        (["O1 O 0 0 0 1"], f"{PLAIN} attached_hydrogens", "attached hydrogens"),
        (
            ["Na1 Na 0 0 0 1", "Cl1 Cl .5 .5 .5 2"],
            "label type_symbol fract_x fract_y fract_z disorder_group",
            "exclude",
        ),
        (["Na1 Na ? ? ?"], PLAIN, "no coordinates"),
        (["Na1 Na 0 0 inf"], PLAIN, "not a finite number"),
        (["Na1 Na 0 0"], "label type_symbol fract_x fract_y", "no _atom_site_fract_z"),
    ],
)
def test_sites_that_are_not_sure_are_refused(rows: list[str], columns: str, words: str) -> None:
    assert words in reason(cif(P1, rows=rows, columns=columns))


def test_sites_without_type_symbols_are_read_from_their_labels() -> None:
    assert (
        crystal(cif(FM3M, rows=["Na1 0 0 0", "Cl1 .5 .5 .5"], columns="label fract_x fract_y fract_z")).formula
        == "NaCl"
    )


def test_a_label_of_water_or_hydroxyl_needs_hydrogens_or_a_formula() -> None:
    rows = ["Mg1 Mg 0 0 0 1", "OH1 O .25 .25 .25 1"]
    assert "tells of hydrogens" in reason(cif(FM3M, rows=rows))
    assert "hydrogen is not listed" in reason(cif(FM3M, "_chemical_formula_sum 'Mg (O H)2'", rows=rows))
    assert len(crystal(cif(FM3M, "_chemical_formula_sum 'Mg O2'", rows=rows))) == 12
    assert len(crystal(cif(FM3M, rows=[*rows, "H1 H .4 .4 .4 1"]))) == 44


@pytest.mark.parametrize(
    "item",
    [
        "_atom_site_occupancy 0.5", "loop_\n_atom_site_occupancy\n0.5\n0.5",
        "loop_\n_atom_site_label\n_atom_site_occupancy\nNa1 .5\nCl1 .5",
        "loop_\n_atom_site_label\n_atom_site_type_symbol\nNa1 K\nCl1 Br",
    ],
)  # fmt: skip
def test_what_says_which_atoms_a_site_holds_outside_its_table_is_refused(item: str) -> None:
    rows = ["Na1 Na 0 0 0", "Cl1 Cl .5 .5 .5"]
    columns = PLAIN if "type" not in item else PLAIN.replace("type_symbol", "U_iso_or_equiv")
    assert "outside the table of the coordinates" in reason(cif(FM3M, item, rows=rows, columns=columns))


@pytest.mark.parametrize(
    "item",
    [
        "_atom_site_occupancy ?", "loop_\n_atom_site_aniso_label\n_atom_site_aniso_U_11\nNa1 .1",
        "loop_\n_atom_site_moment.label\n_atom_site_moment.crystalaxis_x\nNa1 .1",
    ],
)  # fmt: skip
def test_displacements_and_moments_of_sites_may_stand_in_their_own_tables(item: str) -> None:
    assert len(crystal(cif(FM3M, item))) == 8
