"""Rounding of shares to whole numbers of atoms, and the ways to place them."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from electrolith.disorder.average_cell import AverageCell
from electrolith.disorder.cell_choice import NoOrderings, chosen_rounding, lost_elements
from electrolith.disorder.formal_charges import FormalCharges
from electrolith.disorder.placements import ClassOfPlaces, all_choices, exchanged, ways_of
from electrolith.disorder.rounding import rounded

CHARGES = FormalCharges({3: 1.0, 26: 3.0, 8: -2.0, 22: 4.0, 13: 3.0})


def cell(*shares: dict[int, float], sizes: tuple[int, ...] = ()) -> AverageCell:
    """A cell with these classes of places; the places themselves do not matter here."""
    numbers = sizes or (1,) * len(shares)
    classes = np.repeat(np.arange(len(shares)), numbers)
    positions = np.linspace(0, 0.9, 3 * len(classes)).reshape(-1, 3)
    return AverageCell(np.eye(3) * 4.0, positions, classes, shares, np.eye(3, dtype=np.int64)[None], np.zeros((1, 3)))


def test_the_numbers_are_whole_and_the_charge_is_zero() -> None:
    average = cell({3: 0.5, 26: 0.5}, {8: 1.0})
    found = rounded(average, 4, CHARGES)
    assert found is not None
    assert found.counts == {3: 2, 26: 2, 8: 4}
    assert CHARGES.net(found.counts) == 0
    assert found.deviation == pytest.approx(0.0)


def test_an_odd_number_of_places_has_no_neutral_numbers_of_two_halves() -> None:
    assert rounded(cell({3: 0.5, 26: 0.5}, {8: 1.0}), 3, CHARGES) is None


def test_a_full_place_stays_full_and_a_partly_occupied_one_may_have_vacancies() -> None:
    average = cell({3: 0.7}, {26: 0.6, 22: 0.4}, {8: 1.0}, sizes=(2, 2, 4))
    found = rounded(average, 5, CHARGES)
    assert found is not None
    assert sum(found.numbers[1].values()) == 10
    assert found.numbers[0][3] <= 10
    assert CHARGES.net(found.counts) == 0


def test_the_smallest_cell_that_keeps_all_elements_is_chosen() -> None:
    average = cell({3: 0.45, 26: 0.45, 22: 0.0 + 0.1}, {8: 1.0})
    charges = FormalCharges({3: 1.0, 26: 3.0, 22: 2.0, 8: -2.0})
    found = chosen_rounding(average, charges, 60, 0.25)
    assert not lost_elements(average, found)
    smaller = [rounded(average, size, charges) for size in range(1, found.size)]
    assert all(one is None or lost_elements(average, one) or one.deviation > 0.1 for one in smaller)


def test_a_tolerance_of_zero_refuses_what_rounding_changes() -> None:
    average = cell({3: 0.4, 26: 0.6}, {8: 1.0})
    with pytest.raises(NoOrderings, match="more than the tolerance of 0"):
        chosen_rounding(average, CHARGES, 8, 0.0)


def test_without_charges_the_nearest_numbers_do() -> None:
    found = rounded(cell({3: 0.4, 26: 0.6}, {8: 1.0}), 5, None)
    assert found is not None
    assert found.counts == {3: 2, 26: 3, 8: 5}


def test_an_element_of_two_valences_makes_up_for_any_charge() -> None:
    charges = FormalCharges({3: 1.0, 26: 2.6, 8: -2.0}, mixed_valence=26)
    found = rounded(cell({3: 0.4, 26: 0.6}, {8: 1.0}), 5, charges)
    assert found is not None
    assert found.counts == {3: 2, 26: 3, 8: 5}


def test_all_ways_to_place_atoms_are_listed_once() -> None:
    classes = [ClassOfPlaces(np.arange(4), (3, 26), (2, 2)), ClassOfPlaces(np.arange(4, 7), (8, 16, 0), (1, 1, 1))]
    choices = {tuple(tuple(chosen.tolist()) for chosen in one) for one in all_choices(classes)}
    assert len(choices) == comb(4, 2) * 6 == ways_of(classes[0]) * ways_of(classes[1])
    for first, second in choices:
        assert sorted(first) == [0, 0, 1, 1]
        assert sorted(second) == [0, 1, 2]


def test_an_exchange_keeps_the_numbers_of_atoms() -> None:
    choice = (np.array([0, 1, 1]), np.array([0, 1]))
    after = exchanged(choice, 0, 0, 1)
    assert after[0].tolist() == [1, 0, 1]
    assert choice[0].tolist() == [0, 1, 1]
    assert after[1] is choice[1]
