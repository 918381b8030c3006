"""A CIF written from orbits is read by others as the same crystal with the same symmetry."""

from __future__ import annotations

import io
import warnings

import ase.io
import gemmi
import numpy as np
import pytest
import spglib
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure

from electrolith.gen.crystal import Crystal
from electrolith.gen.symmetry.orbits import crystal_of, orbits_of
from electrolith.gen.symmetry.wyckoff_tables import wyckoff_tables
from electrolith.io.cif_writer import cif_text, operations


def read_by_pymatgen(text: str) -> Crystal:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Crystal.from_structure(Structure.from_str(text, fmt="cif"))


def read_by_ase(text: str) -> Crystal:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        atoms = ase.io.read(io.StringIO(text), format="cif")
    return Crystal.of(atoms.cell.array, atoms.get_scaled_positions(), atoms.numbers)


@pytest.mark.parametrize("read", [read_by_pymatgen, read_by_ase])
def test_a_cif_is_read_back_as_the_same_crystal(named_crystal: Crystal, read: object) -> None:
    orbits = orbits_of(named_crystal)
    again = read(cif_text(orbits, "test", ["a comment"]))
    assert len(again) == len(crystal_of(orbits))
    assert again.volume == pytest.approx(named_crystal.volume, rel=1e-6)
    matcher = StructureMatcher(primitive_cell=False, scale=False)
    distance = matcher.get_rms_dist(crystal_of(orbits).structure, again.structure)
    assert distance is not None
    assert distance[0] < 1e-5
    cell = (again.lattice, again.frac_coords, again.atomic_numbers)
    assert spglib.get_symmetry_dataset(cell, symprec=0.01).number == orbits.space_group


def test_the_operations_of_every_group_are_those_of_spglib() -> None:
    hall = wyckoff_tables().hall
    for number in range(1, 231):
        found = spglib.get_symmetry_from_database(int(hall[number]))
        theirs = {
            (*w.ravel().tolist(), *(np.round(t * 24).astype(int) % 24).tolist())
            for w, t in zip(found["rotations"], found["translations"], strict=True)
        }
        assert {parsed(text) for text in operations(number)} == theirs
        assert operations(number)[0] == "x,y,z"


def parsed(text: str) -> tuple[int, ...]:
    """Rotation and translation (in 24ths) of an operation, found by inserting points."""

    def value(x: float, y: float, z: float) -> np.ndarray:
        return np.array([eval(part, {"x": x, "y": y, "z": z}) for part in text.split(",")])

    shift = value(0, 0, 0)
    linear = np.stack([value(*axis) - shift for axis in np.eye(3)], axis=1)
    return (*np.rint(linear).astype(int).ravel().tolist(), *(np.rint(shift * 24).astype(int) % 24).tolist())


def test_comments_lead_and_wyckoff_letters_stand_with_the_sites(crystal_named: object) -> None:
    text = cif_text(orbits_of(crystal_named("NaCl")), "salt", ["made in a test"])
    assert text.startswith("# made in a test\ndata_salt\n")
    assert "  Na  Na0  4  a  0.00000000  0.00000000  0.00000000  1" in text
    assert "'F m -3 m'" in text


@pytest.mark.parametrize("name", ["Höhle_β-Li3PS4", "岩塩 1", "plain name", "\u0301", "ﬁ½ x", "Li\u00a0P\u3000S"])
def test_names_of_blocks_are_ascii_and_other_names_stand_in_a_comment(named_crystal: Crystal, name: str) -> None:
    text = cif_text(orbits_of(named_crystal), name, ["a comment"])
    block = gemmi.cif.read_string(text).sole_block().name
    assert block.isascii()
    assert block.isprintable()
    assert block.strip()
    assert (f"# name: {' '.join(name.split())}\n" in text) == (not name.isascii() and name.split() != ["Li", "P", "S"])
