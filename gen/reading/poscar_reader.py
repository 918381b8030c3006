"""A crystal of VASP's POSCAR and CONTCAR.

line          content
1             a comment; of VASP 4 files, which have no line 6, often the elements
2             the factor of cell and Cartesian positions; if negative, minus the volume (Å³); or three factors
3 to 5        a, b, c
6             the elements, also as names of potentials (Li_sv)
7             the number of atoms of each
8 (optional)  Selective dynamics
8 or 9        Direct or Cartesian
then          positions, and often the element of each
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, repeat

import numpy as np
from ase.data import chemical_symbols

from ..crystal import Crystal
from .cif_reader import Unreadable, first_line, valid_crystal
from .element_symbols import is_symbol, numbers_of
from .part import Entry, Part
from .source import Source

MOST_ATOMS = 1_000_000
FLAGS = ("T", "F", ".TRUE.", ".FALSE.")
FROM_ROWS = "its elements are taken from the rows of its atoms, since the file has no line of elements"
FROM_COMMENT = "its elements are taken from the first line, since the file has no line of elements"


def poscar_of(source: Source) -> Iterator[Part]:
    """The one crystal of a POSCAR."""
    yield Part(source.name, partial(_read, source))


def _read(source: Source) -> Iterator[Entry]:
    lines = source.text().splitlines()
    try:
        yield valid_crystal(_crystal(lines, source.name))
    except (ValueError, IndexError, np.linalg.LinAlgError) as error:
        reason = "it ends too early" if isinstance(error, IndexError) else first_line(error)
        yield Unreadable(source.name, f"not a readable POSCAR: {reason}")


def _crystal(lines: list[str], name: str) -> Crystal:
    lattice, factor = _cell(lines)
    symbols, first = lines[5].split("!")[0].split(), 6
    is_old = bool(symbols) and symbols[0].isdigit()  # VASP 4
    if is_old:
        first, symbols = 5, lines[0].split()
    counts = _counts(lines[first])
    mode = first + (2 if lines[first + 1].strip().lower().startswith("s") else 1)
    is_cartesian = lines[mode].strip().lower().startswith(("c", "k"))
    rows = lines[mode + 1 : mode + 1 + sum(counts)]
    labels = [_label(row) for row in rows]
    remarks: tuple[str, ...] = ()
    if is_old and labels and all(labels) and not _are_elements(symbols, counts):
        elements, isotopes = numbers_of(labels)
        remarks = (FROM_ROWS,)
    else:
        elements, isotopes = _elements(symbols, counts, is_old)
        remarks = (FROM_COMMENT,) if is_old else ()
    if len(rows) < len(elements):
        raise ValueError(f"{len(elements)} atoms, but {len(rows)} positions")
    _check_labels(labels, elements, "the first line" if is_old else "line 6")
    positions = np.array([_three(row) for row in rows]).reshape(-1, 3)
    if is_cartesian:
        positions = np.linalg.solve(lattice.T, (positions * factor).T).T
    return replace(Crystal.of(lattice, positions, elements, name), remarks=(*remarks, *isotopes))


def _elements(symbols: list[str], counts: list[int], is_old: bool) -> tuple[list[int], tuple[str, ...]]:
    """The atomic number of each atom, from a line of elements, and remarks."""
    where = "the first line (line 6 has no elements)" if is_old else "line 6"
    if len(symbols) != len(counts):
        raise ValueError(f"{len(counts)} numbers of atoms, but {len(symbols)} elements in {where}")
    if is_old and not _are_elements(symbols, counts):
        raise ValueError(f"it has no elements: {' '.join(symbols)[:40]!r} in {where} are not symbols of elements")
    numbers, isotopes = numbers_of(symbol.partition("_")[0].partition("/")[0] for symbol in symbols)
    return list(chain.from_iterable(repeat(z, count) for z, count in zip(numbers, counts, strict=True))), isotopes


def _are_elements(words: list[str], counts: list[int]) -> bool:
    return len(words) == len(counts) and all(is_symbol(word.partition("_")[0].partition("/")[0]) for word in words)


def _label(row: str) -> str:
    """The element at the end of a row of positions; empty if there is none."""
    words = [word.strip("!#") for word in row.split()[3:]]
    if len(words) >= 3 and all(word.upper() in FLAGS for word in words[:3]):
        words = words[3:]
    words = [word for word in words if word]
    found = re.match(r"[A-Z][a-z]?(?![A-Za-z])", words[0]) if words else None
    return found[0] if found and is_symbol(found[0]) else ""


def _check_labels(labels: list[str], elements: list[int], where: str) -> None:
    for number, (label, element) in enumerate(zip(labels, elements, strict=False), start=1):
        if label and numbers_of([label])[0] != [element]:
            other = chemical_symbols[element]
            raise ValueError(f"atom {number} is {label} in its row, but {other} by {where}")


def _cell(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The lattice vectors, and the factors of Cartesian positions."""
    factors = [float(word) for word in lines[1].split("!")[0].split()[:3]]
    vectors = np.array([_three(line) for line in lines[2:5]]).reshape(3, 3)
    if len(factors) == 3:
        factor = np.array(factors)
    elif factors and factors[0] < 0:
        factor = np.full(3, (-factors[0] / abs(np.linalg.det(vectors))) ** (1 / 3))
    else:
        factor = np.full(3, factors[0])
    return vectors * factor, factor


def _counts(line: str) -> list[int]:
    words = line.split("!", maxsplit=1)[0].split()
    if not words or not all(word.isdigit() and len(word) < 8 for word in words):
        raise ValueError(f"{line.strip()[:40]!r} is not a list of numbers of atoms")
    counts = [int(word) for word in words]
    if sum(counts) > MOST_ATOMS:
        raise ValueError(f"{sum(counts):,} atoms: too large to read")
    return counts


def _three(line: str) -> list[float]:
    words = line.split()[:3]
    if len(words) < 3:
        raise ValueError(f"{line.strip()[:40]!r} is not three numbers")
    return [float(word) for word in words]
