"""Symmetry operations as text; groups and lists that are none."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.reading.operations import PARTS, Operations, is_group, keeps_cell, operations_of, products, triplet
from electrolith.gen.reading.space_group_names import settings_of_symbol


def group(*texts: str) -> Operations:
    found = operations_of(texts)
    assert isinstance(found, Operations)
    return found


@pytest.mark.parametrize("text", ["-y+1/2,x,z+3/4", "1/2-y, x, 0.75+z", "-Y+.5,+X,Z+0.750", "'-y+1/2,x,z-1/4'"])
def test_an_operation_may_be_written_in_many_ways(text: str) -> None:
    assert triplet(text) == ((0, -1, 0, 1, 0, 0, 0, 0, 1), (PARTS // 2, 0, 3 * PARTS // 4))


def test_a_rounded_third_is_a_third() -> None:
    assert triplet("x+0.33,y+.6667,z+1/3") == ((1, 0, 0, 0, 1, 0, 0, 0, 1), (PARTS // 3, 2 * PARTS // 3, PARTS // 3))


@pytest.mark.parametrize("text", ["", "x,y", "x,y,w", "x,,z", "x+,y,z", "x1/2,y,z", "x,y,z+1/0", "1/2,y,z", "x;y;z"])
def test_what_is_no_operation_is_not_read(text: str) -> None:
    assert triplet(text) is None


def test_a_list_is_a_group_only_if_it_is_whole() -> None:
    whole = group("x,y,z", "-y,x,z+1/4", "-x,-y,z+1/2", "y,-x,z+3/4")
    assert is_group(whole)
    assert not is_group(group("x,y,z", "-y,x,z+1/4", "-x,-y,z+1/2"))
    assert not is_group(group("x,y,z", "-x,y,z+1/3"))
    assert is_group(group("-x,-y,-z"))  # the identity may be left out
    assert is_group(products(group("x,y,z", "x+1/2,y+1/2,z+1/2"), whole))


def test_operations_that_are_too_many_or_change_the_volume_are_refused() -> None:
    assert "2,000" in str(operations_of(["x,y,z"] * 2_000))
    assert "volume" in str(operations_of(["x,y,z", "2x,y,z"]))


def test_a_cell_fits_the_groups_of_its_shape() -> None:
    cubic, hexagonal, rhombohedral = (
        settings_of_symbol(s)[0].operations for s in ("P m -3 m", "R -3 m :H", "R -3 m :R")
    )
    cube = np.eye(3) * 4
    prism = np.array([[4, 0, 0], [-2, 12**0.5, 0], [0, 0, 9]])
    assert [keeps_cell(o, cube, 0.01) for o in (cubic, hexagonal, rhombohedral)] == [True, False, True]
    assert [keeps_cell(o, prism, 0.01) for o in (cubic, hexagonal, rhombohedral)] == [False, True, False]
    assert keeps_cell(cubic, cube * [[1], [1], [1.005]], 0.01)
