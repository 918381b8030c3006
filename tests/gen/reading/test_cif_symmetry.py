"""The settings that a CIF may mean: operations, Hall symbol, symbol, number, and the shape of the cell."""

from __future__ import annotations

import gemmi
import pytest
from cif_texts import FM3M, NACL, ROCK_SALT, cif, crystal, reason

HEXAGONAL = (2.816, 2.816, 14.05, 90, 90, 120)
RHOMBOHEDRAL = (4.957, 4.957, 4.957, 33, 33, 33)
COBALT = ["Co1 Co 0 0 0 1", "O1 O .24 .24 .24 1"]


def operations(*texts: str) -> str:
    return "\n".join(["loop_", "_space_group_symop_operation_xyz", *texts])


@pytest.mark.parametrize(
    "items",
    [
        [FM3M], ["_space_group_name_H-M_alt 'F m -3 m'"], ["_symmetry_Int_Tables_number 225"],
        ["_space_group_name_Hall '-F 4 2 3'"], ["_symmetry_space_group_name_H-M 'Fm-3m'", "_space_group_IT_number 225"],
        ["_symmetry_space_group_name_H-M 'not known'", "_space_group_name_Hall '-F 4 2 3'"],
        [operations("x,y,z", "x,y,w"), FM3M], [operations("x,y,z", "'x,{,y'"), FM3M],
    ],
)  # fmt: skip
def test_a_group_is_known_by_any_of_its_names(items: list[str]) -> None:
    assert len(crystal(cif(*items))) == 8


@pytest.mark.parametrize(
    "item",
    [
        "_symmetry_space_group_name 'Fm-3m'", "_space_group_name_HM 'F m -3 m'", "_symmetry_space_group_name_HM Fm-3m",
        "_space_group_name_H-M_ref 'F m -3 m'", "_space_group_symbol Fm-3m", "_space_group_number 225",
        "_symmetry_group_IT_number 225", "_symmetry_IT_number 225", "_space_group_name_Schoenflies Oh^5",
        "_space_group.symop_xyz\n" + "\n".join(f"'{op.triplet()}'" for op in gemmi.SpaceGroup("F m -3 m").operations()),
    ],
)  # fmt: skip
def test_a_group_is_known_under_other_tags_than_those_of_the_dictionary(item: str) -> None:
    assert len(crystal(cif(f"loop_\n{item}" if "xyz" in item else item))) == 8


@pytest.mark.parametrize(
    "item",
    ["_space_group_Bravais_type cF", "_parent_space_group.name_H-M_alt 'F m -3 m'", "_symmetry_cell_setting cubic",
     "_space_group_magn.number_BNS 225.116", "_space_group_Laue_class m-3m"],
)  # fmt: skip
def test_a_symmetry_that_is_not_understood_is_refused_with_its_tag_and_value(item: str) -> None:
    tag, _, value = item.partition(" ")
    found = reason(cif(item))
    assert tag.lower().replace(".", "_") in found
    assert value.strip("'") in found


@pytest.mark.parametrize("item", ["_symmetry_cell_setting triclinic", "_space_group_name_Schoenflies C1^1"])
def test_a_statement_of_no_symmetry_is_p1(item: str) -> None:
    assert len(crystal(cif(item))) == 2


@pytest.mark.parametrize("name", ["_space_group_IT_number 227", "_symmetry_space_group_name_H-M 'F d -3 m'"])
def test_a_code_of_the_coordinate_system_decides_the_origin(name: str) -> None:
    for code, atoms in (("1", 16), ("2", 8)):
        text = cif(name, f"_space_group_IT_coordinate_system_code {code}", rows=["C1 C .125 .125 .125 1"])
        assert len(crystal(text)) == atoms


def test_a_number_alone_is_remarked_and_one_beside_a_symbol_is_not() -> None:
    assert crystal(cif(FM3M, "_space_group_IT_number 225")).remarks == ()
    assert "setting F m -3 m is assumed" in crystal(cif("_space_group_IT_number 225")).remarks[0]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (["_symmetry_space_group_name_H-M 'Q m m m'"], "'Q m m m' is not understood"),
        (["_symmetry_space_group_name_H-M 'Q m m m'", "_space_group_IT_number 225"], "'Q m m m' is not understood"),
        (["_space_group_name_Hall '-Q 4'"], "'-Q 4' is not understood"),
        (["_space_group_IT_number 231"], "not one from 1 to 230"),
        ([operations("x,y,z", "x,y,w")], "'x,y,w' is not one"),
        ([operations("x,y,z", "-x,y,z+1/3")], "not a group"),
        (["_symmetry_space_group_name_H-M 'P 63/m m c'"], "does not fit the space group P 63/m m c"),
        ([operations("x,y,z", "-y,x-y,z", "y-x,-x,z")], "does not fit the listed symmetry operations"),
    ],
)
def test_a_group_that_is_not_understood_or_does_not_fit_is_never_p1(items: list[str], words: str) -> None:
    assert words in reason(cif(*items))


@pytest.mark.parametrize(
    ("symbol", "of", "atoms"),
    [
        ("R -3 m", HEXAGONAL, 3), ("R -3 m", RHOMBOHEDRAL, 1), ("R -3 m :R", HEXAGONAL, 3), ("R-3mH", RHOMBOHEDRAL, 1),
    ],
)  # fmt: skip
def test_the_cell_decides_between_hexagonal_and_rhombohedral_axes(
    symbol: str, of: tuple[float, ...], atoms: int
) -> None:
    found = crystal(cif(f"_symmetry_space_group_name_H-M '{symbol}'", rows=COBALT[:1], of=of))
    assert len(found) == atoms
    assert any("does not fit" in remark for remark in found.remarks) == (symbol[-1] in "RH" and symbol != "R -3 m")


def test_the_cell_decides_the_unique_axis_of_a_short_symbol() -> None:
    rows = ["Li1 Li .1 .2 .3 1"]
    for of in ((9, 3, 5, 90, 100, 90), (9, 3, 5, 90, 90, 100), (9, 3, 5, 100, 90, 90)):
        assert len(crystal(cif("_symmetry_space_group_name_H-M 'P 21/n'", rows=rows, of=of))) == 4


def test_operations_and_a_symbol_that_contradict_are_refused_unless_the_formula_decides() -> None:
    half = operations("x,y,z", "-x,-y,-z", "x+1/2,y+1/2,z", "-x+1/2,-y+1/2,-z")
    rows = ["Na1 Na 0 0 0 1", "Cl1 Cl .5 .5 .5 1", "O1 O .1 .2 .3 1"]
    assert "different crystals" in reason(cif(half, FM3M, rows=rows))
    decided = crystal(cif(half, FM3M, "_chemical_formula_sum 'Na Cl O2'", rows=rows))
    assert len(decided) == 8
    assert "agrees with what the file states" in decided.remarks[0]


def test_operations_of_another_origin_than_the_symbol_states_are_refused() -> None:
    texts = [operation.triplet() for operation in gemmi.SpaceGroup("F d -3 m:2").operations()]
    rows = ["Si1 Si .125 .125 .125 1"]
    assert len(crystal(cif(operations(*texts), "_symmetry_space_group_name_H-M 'F d -3 m'", rows=rows))) == 8
    text = cif(operations(*texts), "_symmetry_space_group_name_H-M 'F d -3 m :1'", rows=rows, of=ROCK_SALT)
    assert "different crystals" in reason(text)


MONOCLINIC = (6, 7, 8, 90, 99, 90)
GENERAL = ("Na1 Na .1 .2 .3 1", "Cl1 Cl .6 .4 .35 1")
SYMBOL = "_symmetry_space_group_name_H-M"


@pytest.mark.parametrize(
    "items",
    [
        ["_space_group_name_Hall '-P 2ybc'", f"{SYMBOL} 'P 1 21/n 1'"],
        ["_space_group_name_H-M_alt 'P 1 21/c 1'", "_space_group_name_H-M_full 'P 1 21/n 1'"],
        ["_space_group_name_H-M_alt 'P 1 21/c 1'", f"{SYMBOL} 'P 1 21/n 1'", "_space_group_IT_number 14"],
        [f"{SYMBOL} 'P 21/c'", "_space_group_IT_coordinate_system_code b2"],
    ],
)
def test_two_settings_of_one_group_are_refused_if_nothing_decides(items: list[str]) -> None:
    found = reason(cif(*items, rows=GENERAL, of=MONOCLINIC))
    assert "which are different crystals" in found
    assert "P 1 21/n 1" in found


@pytest.mark.parametrize(
    "items",
    [
        [f"{SYMBOL} 'P 21/c'", "_space_group_name_H-M_alt 'P 1 21/c 1'", "_space_group_IT_number 14"],
        [f"{SYMBOL} 'P 21/n'", "_space_group_name_H-M_ref 'P 1 21/c 1'", "_space_group_name_Hall '-P 2yn'"],
        [f"{SYMBOL} 'P 1 21/n 1'", "_space_group_IT_number 14", "_space_group_IT_coordinate_system_code b2"],
    ],
)
def test_several_names_of_one_setting_agree(items: list[str]) -> None:
    found = crystal(cif(*items, rows=GENERAL, of=MONOCLINIC))
    assert (len(found), found.remarks) == (8, ())


@pytest.mark.parametrize("tag", ["_symmetry_equiv_pos_as_xyz", "_space_group_symop_magn_operation.xyz"])
def test_two_lists_of_operations_must_be_the_same(tag: str) -> None:
    second = f"loop_\n{tag}\nx,y,z\n-x,-y,-z"
    assert "differ: keep the right list" in reason(cif(operations("x,y,z"), second, rows=GENERAL))
    assert len(crystal(cif(operations("-x,-y,-z", "x,y,z"), second, rows=GENERAL))) == 4


def test_a_modulated_structure_is_refused() -> None:
    assert "modulated" in reason(cif("_cell_modulation_dimension 1", FM3M, rows=NACL))


def test_only_xyz_beside_a_group_that_cannot_be_used_needs_a_formula_and_z() -> None:
    primitive = (3.99, 3.99, 3.99, 60, 60, 60)
    stated = ("_chemical_formula_sum 'Na Cl'", "_cell_formula_units_Z 1")
    assert "only x, y, z is listed" in reason(cif(FM3M, operations("x,y,z"), of=primitive))
    found = crystal(cif(FM3M, operations("x,y,z"), *stated, of=primitive))
    assert len(found) == 2
    assert "does not fit the space group F m -3 m" in found.remarks[0]
    unknown = "_symmetry_space_group_name_H-M 'Q m m m'"
    assert "only x, y, z is listed" in reason(cif(unknown, operations("x,y,z")))
    assert "is not understood" in crystal(cif(unknown, operations("x,y,z", "-x,-y,-z"))).remarks[0]
