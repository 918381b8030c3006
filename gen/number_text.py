"""Numbers as people write them."""

from __future__ import annotations

LARGE = 1e5  # from here on with an exponent


def three_digits(value: float) -> str:
    """A number with three significant digits, without an exponent below 100,000: 130, not 1.3e+02."""
    text = f"{value:.3g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < LARGE else text
