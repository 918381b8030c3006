"""Laws of the feasibility tables: they agree with trying all choices, and with known structure types."""

from __future__ import annotations

from itertools import product

import pytest

from electrolith.gen.skeleton.feasibility import can_finish, fits, units_that_fit
from electrolith.gen.skeleton.site_counts import NEVER, most_orbits, positions


@pytest.mark.parametrize("space_group", [148, 216, 225])
def test_most_orbits_agrees_with_trying_all_choices(space_group: int) -> None:
    sites, free = positions(space_group)
    for total in range(1, 9):
        limits = [total // m if f else min(1, total // m) for m, f in zip(sites, free, strict=True)]
        choices = product(*(range(k + 1) for k in limits))
        filling = [sum(c) for c in choices if sum(n * int(m) for n, m in zip(c, sites, strict=True)) == total]
        assert most_orbits(space_group)[0, total] == max(filling, default=NEVER)


@pytest.mark.parametrize(
    ("space_group", "counts", "expected"),
    [
        (225, (1, 1), True),  # rock salt
        (225, (1, 1, 1, 1), False),  # 4a, 4b hold one atom each, 8c two
        (221, (1, 1, 3), True),  # perovskite
        (227, (1, 2, 4), False),  # spinel needs two units in the primitive cell
        (227, (2, 4, 8), True),
        (62, (1, 1), False),  # no position of Pnma has fewer than four sites
        (62, (4, 4, 12), True),
        (1, (7, 3), True),
    ],
)
def test_fits_knows_structure_types(space_group: int, counts: tuple[int, ...], expected: bool) -> None:
    assert fits(space_group, counts) is expected


def test_units_that_fit_counts_formula_units() -> None:
    assert units_that_fit(62, (1, 1, 3), 40) == [4, 8]
    assert units_that_fit(227, (1, 2, 4), 14) == [2]


def brute_force(space_group: int, counts: tuple[int, ...], position: int = 0) -> bool:
    """Whether some choice of orbits holds these atoms, by trying all of them."""
    sites, free = positions(space_group)
    if not any(counts):
        return True
    if position == len(sites):
        return False
    for element, count in enumerate(counts):
        if count >= sites[position]:
            left = (*counts[:element], count - int(sites[position]), *counts[element + 1 :])
            if brute_force(space_group, left, position if free[position] else position + 1):
                return True
    return brute_force(space_group, counts, position + 1)


@pytest.mark.parametrize("space_group", [2, 47, 123, 148, 191, 216, 221, 225, 227])
def test_fits_agrees_with_trying_all_choices(space_group: int) -> None:
    for counts in product(range(5), range(4), range(3)):
        assert fits(space_group, counts) == brute_force(space_group, counts)


def test_the_garnet_fits_four_times_into_its_space_group() -> None:
    assert fits(230, (4 * 7, 4 * 3, 4 * 2, 4 * 12)) is True
    assert fits(230, (7, 3, 2, 12)) is False


def test_an_element_below_the_lowest_does_not_go_on_the_position_in_turn() -> None:
    sites, free = positions(1)
    assert len(sites) == 1
    assert free[0]
    assert can_finish(1, 0, (0, 2), 1)
    assert not can_finish(1, 0, (1, 2), 1)
