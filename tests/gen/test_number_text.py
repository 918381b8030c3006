"""Numbers have three significant digits, and an exponent only where they are very large or small."""

from __future__ import annotations

import pytest

from electrolith.gen.number_text import three_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [(130.4, "130"), (1.30, "1.3"), (-4567.0, "-4570"), (99_949.0, "99900"), (2.5e5, "2.5e+05"), (1.3e-5, "1.3e-05")],
)
def test_numbers_below_100000_have_no_exponent(value: float, text: str) -> None:
    assert three_digits(value) == text
