"""Supercells: their volume, their compactness, and the permutations of their places by symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from cif_texts import FM3M, cif, entry

from electrolith.disorder.average_cell import AverageCell, average_cell
from electrolith.disorder.supercell import supercell_of
from electrolith.gen.reading.unreadable import Unreadable

TEXT = cif(FM3M, rows=["Li1 Li 0 0 0 .5", "Fe1 Fe 0 0 0 .5", "O1 O .5 .5 .5 1"], of=(4.2, 4.2, 4.2, 90, 90, 90))


@pytest.fixture(scope="module")
def average() -> AverageCell:
    found = entry(TEXT)
    assert isinstance(found, Unreadable)
    assert found.disordered is not None
    return average_cell(found.disordered)


def test_the_average_cell_is_primitive_and_its_classes_are_those_of_symmetry(average: AverageCell) -> None:
    assert len(average.positions) == 2
    assert len(average.rotations) == 48
    assert average.mixed == [average.shares.index({3: 0.5, 26: 0.5})]
    assert average.counts == pytest.approx({3: 0.5, 26: 0.5, 8: 1.0})


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_a_supercell_has_the_volume_and_the_places_of_its_cells(average: AverageCell, size: int) -> None:
    found = supercell_of(average, size)
    volume = abs(np.linalg.det(average.lattice))
    assert abs(np.linalg.det(found.lattice)) == pytest.approx(size * volume)
    assert np.bincount(found.classes).tolist() == (size * average.sizes).tolist()


def test_four_primitive_cells_of_a_face_centred_crystal_are_the_cube(average: AverageCell) -> None:
    lengths = np.linalg.norm(supercell_of(average, 4).lattice, axis=1)
    assert lengths == pytest.approx([4.2, 4.2, 4.2])


@pytest.mark.parametrize("size", [2, 4])
def test_the_permutations_are_a_group_that_keeps_classes(average: AverageCell, size: int) -> None:
    found = supercell_of(average, size)
    group = {tuple(one) for one in found.permutations.tolist()}
    assert tuple(range(len(found.positions))) in group
    for one in list(group)[:12]:
        assert (found.classes[list(one)] == found.classes).all()
        for other in list(group)[:12]:
            assert tuple(np.array(one)[list(other)].tolist()) in group
