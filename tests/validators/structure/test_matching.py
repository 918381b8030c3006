"""Laws of uniqueness within a run and of novelty against a reference set."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher

from electrolith.gen.crystal import Crystal
from electrolith.gen.data.dataset import OrbitDataset
from electrolith.gen.symmetry.orbits import orbits_of
from electrolith.validators import validator
from electrolith.validators.structure.matching import Comparable, formula_key, formula_keys, same_structure
from electrolith.validators.structure.novel import element_counts

PEROVSKITE = [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
FACES = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
CATIO3 = Crystal.of(3.84 * np.eye(3), PEROVSKITE, [20, 22, 8, 8, 8], "CaTiO3")
NACL = Crystal.of(5.64 * np.eye(3), np.concatenate([FACES, FACES + 0.5]), [11] * 4 + [17] * 4, "rock salt")
NACL_B2 = Crystal.of(3.4 * np.eye(3), [[0, 0, 0], [0.5, 0.5, 0.5]], [11, 17], "CsCl type")
NACL_ZB = Crystal.of(6.0 * np.eye(3), np.concatenate([FACES, FACES + 0.25]), [11] * 4 + [17] * 4, "zinc blende")


def disguised(crystal: Crystal, name: str = "disguised") -> Crystal:
    """The same crystal: other origin, other order of atoms, doubled cell, slightly larger, slightly shaken."""
    random = np.random.default_rng(0)
    coords = np.concatenate([crystal.frac_coords, crystal.frac_coords + np.array([1, 0, 0])]) * [0.5, 1, 1]
    order = random.permutation(len(coords))
    lattice = crystal.lattice * np.array([[2.0], [1.0], [1.0]]) * 1.02
    coords = (coords + np.array([0.13, 0.27, 0.41]))[order] + 0.002 * random.normal(size=coords.shape)
    return Crystal.of(lattice, coords, np.tile(crystal.atomic_numbers, 2)[order], name)


def test_a_crystal_in_disguise_is_a_duplicate_and_its_twin_is_named() -> None:
    unique = validator("unique")
    for crystal in (CATIO3, NACL, NACL_B2):
        assert unique.check(crystal).passed
        unique.add(crystal)
    verdict = unique.check(disguised(NACL))
    assert verdict.passed is False
    assert "rock salt" in verdict.reason


def test_polymorphs_are_not_duplicates() -> None:
    unique = validator("unique")
    for crystal in (NACL, NACL_B2, NACL_ZB):
        verdict = unique.check(crystal)
        assert verdict.passed
        unique.add(crystal)
    assert unique.check(NACL_ZB).passed is False


def test_a_comparison_does_not_add_the_crystal() -> None:
    unique = validator("unique")
    assert unique.check(NACL).passed
    assert unique.check(NACL).passed


def test_a_limit_on_comparisons_still_finds_the_twin_because_the_most_alike_come_first() -> None:
    unique = validator("unique", most_compared=1)
    for crystal in (NACL_B2, NACL_ZB, NACL):
        unique.add(crystal)
    assert unique.check(disguised(NACL_B2)).passed is False


@pytest.mark.parametrize("one", [CATIO3, NACL, NACL_B2, NACL_ZB], ids=lambda c: c.name)
@pytest.mark.parametrize("other", [NACL, NACL_B2, disguised(NACL_ZB), disguised(CATIO3)], ids=lambda c: c.name)
def test_two_crystals_are_the_same_if_structure_matcher_says_so(one: Crystal, other: Crystal) -> None:
    theirs = StructureMatcher(ltol=0.2, stol=0.3, angle_tol=5).fit(one.structure, other.structure)
    assert same_structure(Comparable(one), Comparable(other)) == theirs


def test_the_fingerprint_does_not_depend_on_the_cell() -> None:
    doubled = disguised(CATIO3)
    assert np.allclose(Comparable(CATIO3).fingerprint, Comparable(doubled).fingerprint, atol=0.03)


@pytest.fixture(scope="module")
def reference() -> OrbitDataset:
    crystals = [CATIO3, NACL, NACL_ZB]
    return OrbitDataset.of([orbits_of(c) for c in crystals], [c.name for c in crystals])


def test_a_crystal_of_the_reference_set_is_not_novel_and_is_named(reference: OrbitDataset) -> None:
    novel = validator("novel", reference=reference)
    verdict = novel.check(disguised(NACL))
    assert verdict.passed is False
    assert "rock salt" in verdict.reason
    assert verdict.value == 2


def test_a_new_structure_or_a_new_formula_is_novel(reference: OrbitDataset) -> None:
    novel = validator("novel", reference=reference)
    assert novel.check(NACL_B2).passed
    silver = Crystal.of(3.84 * np.eye(3), PEROVSKITE, [47, 22, 8, 8, 8])
    assert novel.check(silver).reason == "its formula is not in the reference set"


def test_the_key_of_a_formula_does_not_depend_on_the_size_of_the_cell(reference: OrbitDataset) -> None:
    assert formula_key(NACL) == formula_key(NACL_B2) == formula_key(disguised(NACL))
    assert formula_key(NACL) != formula_key(CATIO3)
    assert formula_keys(element_counts(reference)).tolist() == [formula_key(c) for c in (CATIO3, NACL, NACL_ZB)]
