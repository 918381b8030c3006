"""Laws of the guarded symmetry searches."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pytest
import spglib
from conftest import NAMED

from electrolith.gen.crystal import Crystal
from electrolith.gen.symmetry.space_group_search import (
    LOOSE_SYMPREC,
    MEDIUM_SYMPREC,
    QUIET,
    STRICT_SYMPREC,
    quiet_spglib,
    standard_cell,
    symmetry_dataset,
    symmetry_rotations,
)

FLAWED = {
    "a site that is not a number": Crystal.of(np.eye(3) * 4, [[0, 0, np.nan]], [3]),
    "an infinite edge": Crystal.of(np.diag([4, 4, np.inf]), [[0, 0, 0]], [3]),
    "a flat cell": Crystal.of([[3, 0, 0], [0, 3, 0], [3, 3, 0]], [[0, 0, 0]], [3]),
    "no atoms": Crystal.of(np.eye(3) * 4, [], []),
    "two atoms on one site": Crystal.of(np.eye(3) * 4, [[0, 0, 0], [0, 0, 1e-5]], [3, 3]),
}


@pytest.mark.parametrize("symprec", [LOOSE_SYMPREC, MEDIUM_SYMPREC, STRICT_SYMPREC])
def test_every_named_crystal_has_the_space_group_of_the_textbook(named_crystal: Crystal, symprec: float) -> None:
    found = symmetry_dataset(named_crystal, symprec)
    assert found is not None
    assert found.number == NAMED[named_crystal.name][0]


@pytest.mark.parametrize("flaw", FLAWED)
def test_a_flawed_crystal_has_no_symmetry_and_raises_nothing(flaw: str) -> None:
    crystal = FLAWED[flaw]
    assert symmetry_dataset(crystal, LOOSE_SYMPREC) is None
    assert symmetry_rotations(crystal, LOOSE_SYMPREC) is None
    assert standard_cell(crystal, LOOSE_SYMPREC, primitive=True) is None


def test_an_error_of_spglib_is_no_symmetry(
    monkeypatch: pytest.MonkeyPatch, crystal_named: Callable[[str], Crystal]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("spglib 2.8 raises errors of its own")

    monkeypatch.setattr(spglib, "get_symmetry_dataset", fails)
    assert symmetry_dataset(crystal_named("NaCl"), LOOSE_SYMPREC) is None


def test_rotations_of_a_cubic_crystal_are_those_of_the_cube(crystal_named: Callable[[str], Crystal]) -> None:
    rotations = symmetry_rotations(crystal_named("NaCl"), STRICT_SYMPREC)
    assert rotations is not None
    assert len(np.unique(rotations.reshape(-1, 9), axis=0)) == 48


def test_the_conventional_cell_of_a_primitive_one_has_the_volume_that_it_had(
    crystal_named: Callable[[str], Crystal],
) -> None:
    start = crystal_named("MgAl2O4")
    primitive = standard_cell(start, STRICT_SYMPREC, primitive=True)
    assert primitive is not None
    conventional = standard_cell(primitive, STRICT_SYMPREC, primitive=False)
    assert conventional is not None
    assert (len(primitive), len(conventional)) == (14, 56)
    assert conventional.volume == pytest.approx(start.volume)
    assert conventional.name == start.name


def test_a_search_leaves_the_environment_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(QUIET, raising=False)
    symmetry_dataset(FLAWED["two atoms on one site"], LOOSE_SYMPREC)
    assert QUIET not in os.environ
    assert capfd.readouterr().err == ""


def test_the_users_own_setting_of_spglib_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(QUIET, "ON")
    with quiet_spglib():
        assert os.environ[QUIET] == "ON"
