"""Spellings of formulas: signs and digits of every kind as plain text, charges, hydrates, and lower case.

spelling                        becomes
Li₃PS₄, Ｌｉ３, CuSO₄•5H₂O       Li3PS4, Li3, CuSO4·5H2O
CuSO4*5H2O, CuSO4.5H2O          CuSO4·5H2O; a point before water is not that of a decimal number
PS₄³⁻, PS4^3-, SO4 2-, Li+      PS4, PS4, SO4, Li: the charge is sure
li3ps4, LI3PS4                  Li3PS4: the only reading
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, product

from ase.data import chemical_symbols

SYMBOLS = frozenset(chemical_symbols[1:]) | {"D", "T"}  # heavy hydrogen is hydrogen
COMMON = (*range(1, 84), *range(89, 95))  # elements that a text in lower case may mean
BY_LOWER = {chemical_symbols[z].lower(): chemical_symbols[z] for z in COMMON}
RAISED = {chr(code): sign for code, sign in zip(
    (0x2070, 0xB9, 0xB2, 0xB3, *range(0x2074, 0x207A), 0x207A, 0x207B), "0123456789+-", strict=True
)}  # fmt: skip
MINUS = dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-")
DOTS = dict.fromkeys(map(ord, "·⋅∙•*・․×●"), "·")
SOLVENTS = "H2O|D2O|NH3"
CHARGE = re.compile(r"(?:\^\(?(\d*[+-]|[+-]\d*|0)\)?|(?<=\s)\d*[+-]|(?<=[\])}])\d*[+-]|(?<=[A-Za-z\])}])[+-]+)$")
MOST_READINGS = 64


def plain_text(text: str) -> str:
    """The text with ASCII letters, digits and signs; raised digits and signs follow a ``^``."""
    raised = re.sub(f"[{''.join(RAISED)}]+", lambda m: "^" + "".join(map(RAISED.__getitem__, m[0])), text)
    plain = unicodedata.normalize("NFKC", raised.translate(DOTS)).translate(MINUS).translate(DOTS)
    return "".join(c for c in plain if c.isprintable() or c.isspace()).strip().strip("_$").replace("_", "")


def without_charge(text: str) -> str:
    """The text without a charge at its end, where the charge cannot be meant otherwise."""
    return CHARGE.sub("", text).strip()


def parts_of(text: str) -> list[str]:
    """The parts of a hydrate or of another adduct, ``CuSO4`` and ``5H2O``."""
    match = re.fullmatch(rf"([A-Z(\[][^·]*?)\.(\d*\.?\d*(?:{SOLVENTS}))", text)
    if match and not re.search(r"(?<![\d.])0$", match[1]):  # Li0.5H2O is a decimal number
        text = f"{match[1]}·{match[2]}"
    text = re.sub(r"(?<=[A-Za-z0-9\])}])\.(?=[A-Z(\[])", "·", text)
    return [part.strip() for part in text.split("·")]


def readings(text: str) -> list[str]:
    """The formulas that a text may mean if the case of its letters is not to be trusted."""
    words = re.split(r"([A-Za-z]+)", text)
    choices = [_split(word) if word.isascii() and word.isalpha() else [word] for word in words]
    return ["".join(choice) for choice in islice(product(*choices), MOST_READINGS)]


def _split(word: str) -> list[str]:
    """All ways to write a word in symbols of elements."""
    ways: list[list[str]] = [[""]]
    for end in range(1, len(word) + 1):
        one, two = BY_LOWER.get(word[end - 1 : end].lower()), BY_LOWER.get(word[max(end - 2, 0) : end].lower())
        found = [way + one for way in ways[end - 1]] if one else []
        if two and end >= 2:
            found += [way + two for way in ways[end - 2]]
        ways.append(found[:MOST_READINGS])
    return ways[-1]
