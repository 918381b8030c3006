"""Two atoms at one place are found, across the faces of any cell."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.crystal import Crystal
from electrolith.gen.reading import overlaps
from electrolith.gen.reading.overlaps import overlap_of
from electrolith.gen.reading.unreadable import Unreadable, valid_crystal

LATTICES = [
    [[5, 0, 0], [0, 5, 0], [0, 0, 5]],
    [[3, 0, 0], [1.4, 2.6, 0], [1.3, 0.8, 40]],
    [[9, 0, 0], [8, 3, 0], [0, 8, 4]],
]


@pytest.mark.parametrize("few", [0, 60])
@pytest.mark.parametrize("lattice", LATTICES)
@pytest.mark.parametrize("place", [[0.3, 0.4, 0.6], [0.0, 0.0, 0.0], [0.9999, 0.0001, 0.5]])
def test_two_atoms_at_one_place_are_refused_and_those_closer_than_any_two_are_remarked(
    lattice: list[list[float]], place: list[float], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlaps, "FEW", few)
    cell = np.array(lattice, dtype=float)
    for direction in np.vstack([np.eye(3), -np.eye(3)]):
        for distance in (0.0, 0.09, 0.3, 0.49, 0.51, 0.9):
            other = place + np.linalg.solve(cell.T, direction * distance)
            crystal = Crystal.of(cell, np.array([place, other]), [11, 17], "a")
            read = valid_crystal(crystal)
            assert isinstance(read, Unreadable) == (distance < 0.1)
            if isinstance(read, Crystal):
                assert len(read.remarks) == (distance < 0.5)


def test_the_reason_names_the_atoms_and_their_distance() -> None:
    crystal = Crystal.of(np.eye(3) * 5, np.array([[0, 0, 0], [0.5, 0.5, 0.5], [0, 0, 0.98]]), [11, 17, 9], "a")
    assert "Na (atom 1) and F (atom 3) are 0.1 Å apart" in overlap_of(crystal)[1]
    assert "edge of 0.4 Å" in overlap_of(Crystal.of(np.diag([0.4, 5, 5]), np.zeros((1, 3)), [11], "a"))[1]


def test_real_crystals_have_no_overlaps(named_crystal: Crystal) -> None:
    assert overlap_of(named_crystal)[1] == ""
