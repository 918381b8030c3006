"""Laws of the check of cells: no cell beyond the weights, no smaller cell than usual unless it is asked for."""

from __future__ import annotations

import pytest

from electrolith import Targets
from electrolith.gen.cell_limits import largest_cell
from electrolith.gen.errors import UserError
from electrolith.generation.cell_size_check import check_cell_size

GARNET = "Li7La3Zr2O12"


def test_weights_say_the_largest_cell_that_they_know() -> None:
    assert largest_cell({"width": 192, "layers": 4, "heads": 6}) == 52
    assert largest_cell({"width": 192, "layers": 4, "heads": 6, "atoms": 200}) == 200


def test_a_formula_whose_known_cell_is_larger_than_the_default_says_so() -> None:
    with pytest.raises(UserError) as caught:
        check_cell_size(Targets(formula=GARNET), 200)
    for words in ("one formula unit has 24 atoms", "96 in the primitive cell", "Z = 4", "--z 4", "--max-atoms 96"):
        assert words in str(caught.value)


def test_weights_of_smaller_cells_say_so() -> None:
    with pytest.raises(UserError, match="at most 52"):
        check_cell_size(Targets(formula=GARNET), 52)
    with pytest.raises(UserError, match="96 atoms or more: these weights draw at most 52"):
        check_cell_size(Targets(formula=GARNET, z=4), 52)
    with pytest.raises(UserError, match="64 atoms or more: these weights draw at most 52"):
        check_cell_size(Targets(formula="Li3PS4", space_group=230), 52)
    with pytest.raises(UserError, match="100 atoms: these weights draw at most 52"):
        check_cell_size(Targets(max_atoms=100), 52)


@pytest.mark.parametrize(
    "targets",
    [
        Targets(formula=GARNET, z=1),
        Targets(formula=GARNET, z="1..8"),
        Targets(formula=GARNET, max_atoms=48),
        Targets(formula="LiFePO4"),
        Targets(formula="Li2O"),
        Targets(elements="Li,O"),
        Targets(n_atoms="20..52"),
    ],
)
def test_a_size_that_is_asked_for_and_a_small_usual_cell_are_accepted(targets: Targets) -> None:
    check_cell_size(targets, 52)


def test_the_like_formula_is_named_where_the_formula_is_unknown() -> None:
    with pytest.raises(UserError, match=r"like formula .* \(mp-\d+\) has"):
        check_cell_size(Targets(formula="Li7Pr3Zr2O12"), 200)
