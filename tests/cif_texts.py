"""Text of small CIFs for tests."""

from __future__ import annotations

from collections.abc import Iterable

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading.cif_reader import Unreadable, crystals_of_cif

COLUMNS = "label type_symbol fract_x fract_y fract_z occupancy"
NACL = ("Na1 Na 0 0 0 1", "Cl1 Cl 0.5 0.5 0.5 1")
ALL_OF_NACL = (
    "Na1 Na 0 0 0 1", "Na2 Na .5 .5 0 1", "Na3 Na .5 0 .5 1", "Na4 Na 0 .5 .5 1",
    "Cl1 Cl .5 .5 .5 1", "Cl2 Cl 0 0 .5 1", "Cl3 Cl 0 .5 0 1", "Cl4 Cl .5 0 0 1",
)  # fmt: skip
FM3M = "_symmetry_space_group_name_H-M 'F m -3 m'"
P1 = "_symmetry_space_group_name_H-M 'P 1'"
XYZ = "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'"
ROCK_SALT = (5.64, 5.64, 5.64, 90, 90, 90)


def cell(a: object, b: object, c: object, alpha: object, beta: object, gamma: object) -> str:
    lengths = f"_cell_length_a {a}\n_cell_length_b {b}\n_cell_length_c {c}\n"
    return f"{lengths}_cell_angle_alpha {alpha}\n_cell_angle_beta {beta}\n_cell_angle_gamma {gamma}"


def table(rows: Iterable[str], columns: str = COLUMNS) -> str:
    return "\n".join(["loop_", *(f"_atom_site_{c}" for c in columns.split()), *rows])


def cif(
    *items: str, rows: Iterable[str] = NACL, columns: str = COLUMNS, of: tuple[object, ...] = ROCK_SALT, name: str = "x"
) -> str:
    """A block with these items, this cell and these rows of atoms."""
    return "\n".join([f"data_{name}", *items, cell(*of), table(rows, columns), ""])


def entry(text: str) -> Crystal | Unreadable:
    """The only entry of a CIF."""
    (found,) = crystals_of_cif(text, "x")
    return found


def crystal(text: str) -> Crystal:
    """The only entry of a CIF, which is a crystal."""
    found = entry(text)
    assert isinstance(found, Crystal), found
    return found


def reason(text: str) -> str:
    """Why the only entry of a CIF is not read, in one line."""
    found = entry(text)
    assert isinstance(found, Unreadable), (found.formula, found.remarks)
    assert "\n" not in found.reason
    return found.reason


# γ-Li3PS4, Pmn2₁; the occupancies of one Li and one S are to be filled in
LI3PS4 = """data_gamma-Li3PS4
_cell_length_a 7.708
_cell_length_b 6.535
_cell_length_c 6.137
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_Int_Tables_number 31
loop_
_symmetry_equiv_pos_as_xyz
x,y,z
-x+1/2,-y,z+1/2
-x,y,z
x+1/2,-y,z+1/2
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Li1 Li 0.2274 0.6576 0.5181 {li}
Li2 Li 0.0000 0.1266 0.4631 1.0
P1 P 0.0000 0.8109 0.9848 1.0
S1 S 0.2098 0.6762 0.8844 0.97
S2 S 0.0000 0.1194 0.8884 {s}
S3 S 0.0000 0.7972 0.3198 1.0
"""
