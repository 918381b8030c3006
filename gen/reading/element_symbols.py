"""Atomic numbers of element symbols, as people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ase.data import atomic_numbers

from .cif_elements import GROUPS, HEAVIEST_FOUND

ISOTOPES = {"D": "deuterium", "T": "tritium"}
REMARK = "{} ({}) is read as hydrogen"


def numbers_of(symbols: Iterable[str]) -> tuple[list[int], tuple[str, ...]]:
    """The atomic number of each symbol, and remarks on isotopes of hydrogen.

    The case does not count (``NA`` is sodium), unless it decides between an element and a group of atoms (``CO``).
    Raises ``ValueError`` for a text that is not an element, or is not surely one.
    """
    numbers, found = [], set()
    for text in symbols:
        symbol = text.strip()
        if symbol.capitalize() in ISOTOPES:
            found.add(symbol.capitalize())
            symbol = "H"
        numbers.append(_number(symbol))
    return numbers, tuple(REMARK.format(ISOTOPES[symbol], symbol) for symbol in sorted(found))


def is_symbol(text: str) -> bool:
    """Whether a text is the symbol of an element in its exact writing, or D or T."""
    return 0 < atomic_numbers.get(text, 0) <= HEAVIEST_FOUND or text in ISOTOPES


def symbol_of_label(label: str) -> str:
    """The symbol in a site's label, e.g. Na of ``Na1``. Raises ``ValueError`` where it is not all of its letters."""
    found = re.fullmatch(r"([A-Z][a-z]?)\d*", label.strip())
    if not found:
        raise ValueError(f"{label.strip()[:20]!r} is not a chemical element")
    return found[1]


@lru_cache(maxsize=1000)
def _number(symbol: str) -> int:
    proper = symbol.capitalize()
    number = int(atomic_numbers.get(proper, 0))
    if number == 0:  # ASE counts X, an unknown atom, as 0
        raise ValueError(f"{symbol[:20]!r} is not a chemical element")
    if number > HEAVIEST_FOUND:
        raise ValueError(f"the element {symbol} has no known crystals: list the atoms, where a group of atoms is meant")
    is_pair = len(symbol) == 2 and symbol.isupper() and all(letter in atomic_numbers for letter in symbol)
    if symbol != proper and (is_pair or symbol.lower() in GROUPS):
        raise ValueError(f"{symbol!r} may be {proper} or a group of atoms: write {proper}, or list the atoms")
    return number
