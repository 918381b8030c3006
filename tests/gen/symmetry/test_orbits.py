"""Crystal → orbits → crystal gives the same crystal back, and the orbits are those of the crystallographer."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ase.data import chemical_symbols

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.build_dataset import same_crystal, to_orbits
from electrolith.gen.data.dataset import REFERENCE, OrbitDataset
from electrolith.gen.symmetry.orbits import NoOrbits, Orbits, crystal_of, orbits_of, primitive_cell
from electrolith.gen.symmetry.wyckoff_tables import LETTERS, wyckoff_tables
from electrolith.validators.structure.symmetry import found_space_group

DATA = os.environ.get("ELECTROLITH_CRYSTALS", "")  # crystals.parquet, for the law over all rows

KNOWN = {
    "Cu": "225: Cu 4a",
    "NaCl": "225: Na 4a, Cl 4b",
    "Li2O": "225: O 4a, Li 8c",
    "diamond": "227: C 8a",
    "ZnS": "216: Zn 4a, S 4c",
    "SrTiO3": "221: Sr 1a, Ti 1b, O 3c",
    "CaTiO3": "62: Ti 4b, O 4c, Ca 4c, O 8d",
    "LiCoO2": "166: Co 3a, Li 3b, O 6c",
    "MgAl2O4": "227: Mg 8a, Al 16d, O 32e",
    "TiO2": "136: Ti 2a, O 4f",
    "Li3N": "191: N 1a, Li 1b, Li 2c",
    "AlN": "186: N 2b, Al 2b",
    "quartz": "154: Si 3a, O 6c",
    "Li7La3Zr2O12": "142: Li 8a, La 8b, Zr 16c, La 16e, Li 16f, O 32g, O 32g, O 32g, Li 32g",
    "LiFePO4": "62: Li 4a, O 4c, O 4c, P 4c, Fe 4c, O 8d",
    "monoclinic ZrO2": "14: O 4e, O 4e, Zr 4e",
    "triclinic": "1: Li 1a, P 1a, S 1a, S 1a",
}


def occupations(label: str) -> list[tuple[str, str]]:
    """(element, multiplicity) of each orbit in a label: what does not depend on the choice of origin."""
    pairs = [orbit.split() for orbit in label.split(": ")[1].split(", ")]
    return sorted((element, position.rstrip("abcdefghijklmnopqrstuvwxyzA")) for element, position in pairs)


def test_a_crystal_comes_back_from_its_orbits(named_crystal: Crystal) -> None:
    orbits = orbits_of(named_crystal)
    assert same_crystal(named_crystal, crystal_of(orbits))
    assert same_crystal(named_crystal, crystal_of(orbits, primitive=True))


def test_conventional_and_primitive_cell_have_the_atoms_that_the_tables_say(named_crystal: Crystal) -> None:
    orbits = orbits_of(named_crystal)
    assert len(crystal_of(orbits, primitive=True)) == orbits.n_atoms
    assert len(crystal_of(orbits)) == len(named_crystal)


def test_the_crystal_of_orbits_has_their_space_group(named_crystal: Crystal) -> None:
    orbits = orbits_of(named_crystal)
    for symprec in (0.1, 0.01, 1e-4):
        assert found_space_group(crystal_of(orbits), symprec) == orbits.space_group


def test_orbits_of_the_crystal_of_orbits_are_the_same_orbits(named_crystal: Crystal) -> None:
    orbits = orbits_of(named_crystal)
    again = orbits_of(crystal_of(orbits))
    assert again.space_group == orbits.space_group
    assert occupations(again.label) == occupations(orbits.label)
    np.testing.assert_allclose(abs(again.lattice), abs(orbits.lattice), atol=1e-3)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_the_orbits_are_those_of_the_textbook_up_to_the_normaliser(
    name: str, crystal_named: Callable[[str], Crystal]
) -> None:
    found = orbits_of(crystal_named(name))
    group, textbook = KNOWN[name].split(": ")
    assert found.space_group == int(group)
    wanted = sorted((site.split()[0], LETTERS.index(site[-1])) for site in textbook.split(", "))
    letters = wyckoff_tables().letter[found.positions]
    settings = [
        sorted((chemical_symbols[z], int(row[letter])) for z, letter in zip(found.elements, letters, strict=True))
        for row in wyckoff_tables().normaliser_of(found.space_group)
    ]
    assert wanted in settings


def test_orbits_do_not_change_when_the_crystal_is_turned_or_shifted_or_reordered(named_crystal: Crystal) -> None:
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    order = rng.permutation(len(named_crystal))
    moved = Crystal.of(
        named_crystal.lattice @ turn,
        (named_crystal.frac_coords + rng.random(3))[order] % 1.0,
        named_crystal.atomic_numbers[order],
    )
    one, other = orbits_of(named_crystal), orbits_of(moved)
    assert one.space_group == other.space_group
    assert occupations(one.label) == occupations(other.label)
    assert same_crystal(crystal_of(one, primitive=True), crystal_of(other, primitive=True))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_crystal_that_is_not_finite_has_no_orbits_and_does_no_harm(bad: float) -> None:
    with pytest.raises(NoOrbits, match="finite"):
        orbits_of(Crystal.of(np.eye(3) * 4, [[0, 0, bad]], [3]))


def test_a_flat_cell_has_no_orbits() -> None:
    with pytest.raises(NoOrbits, match="flat"):
        orbits_of(Crystal.of([[3, 0, 0], [0, 3, 0], [3, 3, 0]], [[0, 0, 0]], [3]))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference set is not built yet")
def test_reference_crystals_come_back_from_their_orbits() -> None:
    reference = OrbitDataset.load(REFERENCE)
    chosen = np.random.default_rng(0).choice(len(reference), size=60, replace=False)
    lost = [str(reference.ids[i]) for i in chosen if not comes_back(reference[int(i)])]
    assert not lost


def comes_back(orbits: Orbits) -> bool:
    crystal = crystal_of(orbits, primitive=True)
    again = to_orbits(crystal)
    return isinstance(again, Orbits) and again.space_group == orbits.space_group


@pytest.mark.slow
@pytest.mark.skipif(not DATA, reason="set ELECTROLITH_CRYSTALS to the path of crystals.parquet")
def test_at_least_995_of_1000_of_all_crystals_of_at_most_52_atoms_come_back() -> None:
    from electrolith.gen.data.build_dataset import build, crystals_of_parquet

    crystals, _ = crystals_of_parquet(Path(DATA))
    small = [c for c in crystals if len(c) <= 52]
    outcome = build(small, workers=os.cpu_count() or 1)
    assert len(outcome.left_out) <= 0.005 * len(small), [x.reason for x in outcome.left_out[:20]]
    assert all(x.reason for x in outcome.left_out)


def test_a_primitive_cell_holds_the_same_crystal_with_its_atoms_in_place(
    crystal_named: Callable[[str], Crystal],
) -> None:
    conventional = crystal_named("MgAl2O4")
    primitive = primitive_cell(conventional)
    assert len(conventional) == 4 * len(primitive) == 56
    assert abs(conventional.volume / primitive.volume - 4) < 1e-6
    assert same_crystal(conventional, primitive)
