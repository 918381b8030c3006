"""Other writings of a formula: markup of indices, parts joined by dots or stars, letters of one case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cif_elements import atomic_number

MARKUP = re.compile(r"</?su[bp]>|[_^{}$~]|\\(?:sub|sup)")
JOINT = re.compile(r"\s*\*\s*|\s+\.\s*(?=[A-Za-z(])|\.(?=[A-Za-z(])|\s+\.\s+")
FACTOR = re.compile(r"(\d+\.?\d*|\.\d+)\s*(?=[A-Za-z(])(.*)")
ONE_CASE = re.compile(r"[A-Z\d.\s]+|[a-z\d.\s]+")
WORD = re.compile(r"([A-Za-z]+)(\d+\.?\d*|\.\d+)?")
MAX_LETTERS = 40


def without_markup(text: str) -> str:
    """The text without markup of subscripts, ``H<sub>2</sub>O`` or ``H~2~O``."""
    return MARKUP.sub("", text)


def joined_parts(text: str) -> list[tuple[float, str]]:
    """Parts that dots or stars join, each with its factor: ``Ca S O4 * 2H2 O`` is 1 ``Ca S O4`` and 2 ``H2 O``."""
    parts = []
    for part in JOINT.split(text.strip()):
        found = FACTOR.fullmatch(part)
        parts.append((float(found[1]), found[2]) if found else (1.0, part))
    return parts


def proper_case(text: str) -> str | None:
    """A formula whose letters are all of one case, ``LI O H``, in proper case; None if it has not one reading."""
    if not ONE_CASE.fullmatch(text) or sum(map(str.isalpha, text)) > MAX_LETTERS:
        return None
    words = []
    for word in text.split():
        found = WORD.fullmatch(word)
        if found and atomic_number(found[1].capitalize()) and len(text.split()) > 1:
            words.append(found[1].capitalize() + (found[2] or ""))
            continue
        readings = []
        for reading in _readings(word):
            readings.append(reading)
            if len(readings) > 1:
                return None
        if not readings:
            return None
        words += readings
    return " ".join(words)


def named_elements(text: str) -> frozenset[int]:
    """Atomic numbers of elements that a text plainly names, each as a word of its own, and hydrogen as a letter H."""
    plain = without_markup(text)
    words = re.findall(r"(?<![A-Za-z])[A-Z][a-z]?(?![A-Za-z])", plain)
    hydrogen = re.search(r"H(?![a-z])|D(?![a-z])", plain) or (plain.islower() and re.search(r"\bh\d*\b", plain))
    return frozenset(number for word in words if (number := atomic_number(word))) | ({1} if hydrogen else frozenset())


def _readings(word: str) -> Iterator[str]:
    """All readings of letters and numbers as elements."""
    if not word:
        yield ""
        return
    for length in (2, 1):
        found = re.match(rf"([A-Za-z]{{{length}}})(\d+\.?\d*|\.\d+)?", word)
        if found and atomic_number(symbol := found[1].capitalize()) and symbol not in ("D", "T"):
            for rest in _readings(word[found.end() :]):
                yield f"{symbol}{found[2] or ''} {rest}".strip()
