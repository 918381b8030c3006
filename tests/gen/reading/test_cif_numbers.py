"""Numbers of a CIF."""

from __future__ import annotations

import pytest

from electrolith.gen.reading.cif_faults import CifFault
from electrolith.gen.reading.cif_numbers import number_of


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.123(4)", 0.123), (".5", 0.5), ("-.25(12)", -0.25), ("1.", 1), ("1e-3", 1e-3), ("1/3", 1 / 3), ("+2", 2)],
)
def test_a_number_may_have_an_uncertainty_an_exponent_or_a_fraction_bar(text: str, value: float) -> None:
    assert number_of(text, "x") == value


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "", "?", "1/0", "1,5", "0x1", "1_0", "9" * 400, "1e9999"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(CifFault, match="not a finite number"):
        number_of(text, "x")
