"""Atomic numbers of element symbols, as people and programs write them."""

from __future__ import annotations

from collections.abc import Iterable

from ase.data import atomic_numbers

ISOTOPES = {"D": "deuterium", "T": "tritium"}
REMARK = "{} ({}) is read as hydrogen"


def numbers_of(symbols: Iterable[str]) -> tuple[list[int], tuple[str, ...]]:
    """The atomic number of each symbol, in any case (``NA`` is sodium), and remarks on isotopes of hydrogen.

    Raises ``ValueError`` for a text that is not an element.
    """
    numbers, found = [], set()
    for text in symbols:
        symbol = text.strip().capitalize()
        if symbol in ISOTOPES:
            found.add(symbol)
            symbol = "H"
        number = atomic_numbers.get(symbol, 0)
        if number == 0:  # ASE counts X, an unknown atom, as 0
            raise ValueError(f"{text.strip()[:20]!r} is not a chemical element")
        numbers.append(number)
    return numbers, tuple(REMARK.format(ISOTOPES[symbol], symbol) for symbol in sorted(found))
