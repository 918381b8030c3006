"""Laws of usual cells: known formulas give their known crystal, like formulas lend theirs, others have none."""

from __future__ import annotations

import numpy as np
import pytest

from electrolith.gen.data.dataset import reference_set
from electrolith.gen.data.usual_cells import usual_cell
from electrolith.gen.formula_text import read_formula


@pytest.mark.parametrize(
    ("formula", "atoms", "z"),
    [("Li2O", 3, 1), ("LiFePO4", 28, 4), ("MgAl2O4", 14, 2), ("Li7La3Zr2O12", 96, 4), ("Ca3Al2Si3O12", 80, 4)],
)
def test_a_known_formula_has_the_cell_of_its_known_crystal(formula: str, atoms: int, z: int) -> None:
    counts = read_formula(formula).counts
    found = usual_cell(counts)
    assert found is not None
    assert (found.formula, found.atoms, found.z) == (dict(counts), atoms, z)


def test_an_unknown_formula_has_the_cell_of_one_that_differs_in_one_element() -> None:
    found = usual_cell(read_formula("Li3YCl6").counts)
    assert found is not None
    assert set(found.formula) != {3, 17, 39}
    assert len(set(found.formula) & {3, 17, 39}) == 2
    assert sorted(found.formula.values()) == [1, 3, 6]


def test_a_formula_without_anything_like_it_has_no_usual_cell() -> None:
    assert usual_cell({3: 17, 8: 31, 26: 5}) is None


def test_the_cell_is_that_of_the_most_stable_crystal() -> None:
    reference = reference_set()
    heights = dict(zip(reference.ids.tolist(), reference.property("energy_above_hull").tolist(), strict=True))
    found = usual_cell({14: 1, 8: 2})
    assert found is not None
    assert heights[found.name] <= 0.02
    assert np.isfinite(heights[found.name])
