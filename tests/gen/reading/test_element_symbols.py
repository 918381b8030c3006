"""Symbols are elements only where they can be nothing else."""

from __future__ import annotations

import pytest

from electrolith.gen.reading.element_symbols import numbers_of, symbol_of_label


def test_the_case_counts_only_where_it_decides() -> None:
    assert numbers_of(["Na", "NA", "na", "CL", "Co", "No", "D"])[0] == [11, 11, 11, 17, 27, 102, 1]


@pytest.mark.parametrize("text", ["CO", "co", "NO", "HO", "SI", "Nh", "NH", "Cn", "Og", "NH4", "O-H", "Wat", "Va", "X"])
def test_groups_of_atoms_vacancies_and_ambiguous_symbols_are_no_elements(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        numbers_of([text])


@pytest.mark.parametrize("label", ["NH4", "O-H", "H2O", "Wat", "O1W", "OW1", "CO1", "Na1+", ""])
def test_a_label_that_is_more_than_a_symbol_and_a_number_is_no_element(label: str) -> None:
    with pytest.raises(ValueError, match="not a chemical element"):
        symbol_of_label(label)
    assert symbol_of_label("Na12") == "Na"
