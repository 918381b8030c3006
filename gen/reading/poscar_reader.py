"""A crystal of VASP's POSCAR and CONTCAR.

line          content
1             a comment; of VASP 4 files, which have no line 6, often the elements
2             the factor of cell and Cartesian positions; if negative, minus the volume (Å³); or three factors
3 to 5        a, b, c
6             the elements, also as names of potentials (Li_sv)
7             the number of atoms of each
8 (optional)  Selective dynamics
8 or 9        Direct or Cartesian
then          positions
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, repeat

import numpy as np

from ..crystal import Crystal
from .cif_reader import Unreadable, first_line, valid_crystal
from .element_symbols import numbers_of
from .part import Entry, Part
from .source import Source

MOST_ATOMS = 1_000_000
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
    remarks: tuple[str, ...] = ()
    if symbols and symbols[0].isdigit():  # VASP 4
        first, symbols, remarks = 5, lines[0].split(), (FROM_COMMENT,)
    counts = _counts(lines[first])
    if len(symbols) != len(counts):
        where = "the first line (line 6 has no elements)" if remarks else "line 6"
        raise ValueError(f"{len(counts)} numbers of atoms, but {len(symbols)} elements in {where}")
    numbers, isotopes = numbers_of(symbol.partition("_")[0].partition("/")[0] for symbol in symbols)
    elements = list(chain.from_iterable(repeat(z, count) for z, count in zip(numbers, counts, strict=True)))
    mode = first + (2 if lines[first + 1].strip().lower().startswith("s") else 1)
    is_cartesian = lines[mode].strip().lower().startswith(("c", "k"))
    rows = lines[mode + 1 : mode + 1 + len(elements)]
    if len(rows) < len(elements):
        raise ValueError(f"{len(elements)} atoms, but {len(rows)} positions")
    positions = np.array([_three(row) for row in rows]).reshape(-1, 3)
    if is_cartesian:
        positions = np.linalg.solve(lattice.T, (positions * factor).T).T
    return replace(Crystal.of(lattice, positions, elements, name), remarks=(*remarks, *isotopes))


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
