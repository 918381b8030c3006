"""Blocks of a CIF: tags in any case, damaged text, one block beside another."""

from __future__ import annotations

import pytest
from cif_texts import FM3M, cif, crystal, entry

from electrolith.gen.reading.cif_blocks import CifBlock, blocks_of_cif
from electrolith.gen.reading.cif_reader import Unreadable, crystals_of_cif

GOOD = cif(FM3M)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.upper().replace("NA1 NA", "Na1 Na").replace("CL1 CL", "Cl1 Cl"),
        GOOD.replace("_atom_site_", "_atom_site.").replace("_cell_", "_cell."),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        "# a comment with data_ and ; signs\n" + GOOD,
        GOOD.replace("data_x", "data_x\n_note\n;\ndata_y is no header here\n;"),
        GOOD.replace("data_x", "data_"),
        GOOD.replace("data_x\n", ""),
        GOOD.replace("'F m -3 m'", '"F m -3 m"'),
        GOOD.replace("data_x", "data_x\n_author 'Müller, Zoë'"),
    ],
)
def test_a_block_is_read_in_any_lawful_writing(text: str) -> None:
    assert len(crystal(text)) == 8
    assert crystal(text).remarks == ()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("'F m -3 m'", "F m -3 m"),
        GOOD.replace("data_x", "data_x\n_journal_name 'open"),
        GOOD.replace("data_x", "data_x\nloop_\n_author_name\n_author_city\n'A' 'B' 'C'"),
        GOOD.replace("data_x", "data_x\n_journal_name without quotes"),
    ],
)
def test_a_fault_of_writing_is_repaired_with_a_remark(text: str) -> None:
    found = crystal(text)
    assert len(found) == 8
    assert "was repaired" in found.remarks[0]


@pytest.mark.parametrize("item", ["_spacegroup_name_H-M 'F m -3 m'", "_spacegroup_IT_number 225", FM3M])
def test_the_repair_of_a_block_keeps_its_symmetry_under_every_tag_that_is_read(item: str) -> None:
    found = crystal(cif("_journal_name without quotes", item))
    assert len(found) == 8
    assert "states no symmetry" not in " ".join(found.remarks)


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace("data_x", "data_x\n;\nnever closed"),
        GOOD.replace("0.5 0.5 0.5 1", "0.5 0.5"),
        GOOD.replace("data_x", "data_x\n_cell_length_a 7"),
        GOOD + "loop_\n_atom_site_fract_x\n0.1\n",
    ],
)
def test_a_damaged_block_is_an_entry_with_the_reason_and_its_neighbours_are_read(bad: str) -> None:
    found = list(crystals_of_cif(GOOD + bad + GOOD, "x"))
    assert [isinstance(c, Unreadable) for c in found] == [False, True, False]


def test_a_tag_without_a_value_is_unknown_and_one_with_two_values_is_refused() -> None:
    (block,) = blocks_of_cif("data_x\n_cell_length_a 5\n_cell_length_a ?\n_cell_length_b\n_cell_length_c .\n")
    assert isinstance(block, CifBlock)
    assert [block.value(f"_cell_length_{axis}") for axis in "abc"] == ["5", None, None]
    two = entry("data_x\n_cell_length_a 5\n_cell_length_a 6\n")
    assert isinstance(two, Unreadable)
    assert "_cell_length_a has two values, 5 and 6" in two.reason


def test_the_symmetry_of_a_save_frame_is_remarked_as_not_read() -> None:
    found = crystal(cif(f"save_a\n{FM3M}\nsave_"))
    assert len(found) == 2
    assert "save_ frame a states (_symmetry_space_group_name_h-m, …) is not read" in found.remarks[0]


def test_a_global_section_is_remarked_as_not_read() -> None:
    assert "global_ section states is not read" in crystal(f"global_\n{FM3M}\n{cif()}").remarks[0]


@pytest.mark.parametrize("items", [[], ["_journal_name without quotes"]])
def test_operations_are_read_after_a_column_of_another_kind(items: list[str]) -> None:
    loop = "loop_\n_my_id\n_symmetry_equiv_pos_as_xyz\n1 x,y,z\n2 -x,-y,-z"
    assert len(crystal(cif(*items, loop, rows=["Na1 Na .1 .2 .3 1"]))) == 2
