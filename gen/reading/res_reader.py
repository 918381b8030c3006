"""A crystal of a .res file as AIRSS and ASE write it: all atoms of the cell, in P1.

card                       content
TITL, REM                  a comment
CELL λ a b c α β γ         the cell, Å and °
LATT -1                    a primitive cell without an inversion
SFAC Na Cl                 the elements
Na 1 x y z 1.0             an atom: its label, the number of its element, its place, its occupancy
END                        what follows is not read

Files of SHELX, which list one atom of each orbit and code occupancies, are refused.
"""

from __future__ import annotations

from dataclasses import replace

from pymatgen.core import Lattice

from ..crystal import Crystal
from .element_symbols import numbers_of, symbol_of_label
from .occupancies import remarks_on_occupancies
from .part import Entry
from .unreadable import Unreadable, first_line, valid_crystal

COMMENTS = ("TITL", "REM", "ZERR")
OF_SHELX = "it is a file of SHELX ({}), whose symmetry and occupancies are not read: convert it to CIF"


def crystal_of_res(text: str, name: str) -> Entry:
    """The crystal, or the reason why the file is not read."""
    try:
        return valid_crystal(_crystal(text, name))
    except (ValueError, IndexError) as error:
        return Unreadable(name, first_line(error))


def _crystal(text: str, name: str) -> Crystal:
    cell: list[float] = []
    elements: list[str] = []
    rows: list[list[str]] = []
    is_primitive = False
    for line in text.splitlines():
        words = line.split()
        card = words[0].upper() if words else "REM"
        if card == "END":
            break
        if card in COMMENTS:
            continue
        if card == "CELL":
            cell = [float(word) for word in words[2:8]]
        elif card == "LATT":
            is_primitive = words[1:] == ["-1"]
        elif card == "SFAC":
            elements += words[1:]
        elif elements and len(words) >= 5 and words[1].isdigit() and "=" not in words:
            rows.append(words)
        else:
            raise ValueError(OF_SHELX.format(f"its line {line.strip()[:30]!r}"))
    if not is_primitive:
        raise ValueError(OF_SHELX.format("it has a symmetry, since it has no LATT -1"))
    return _made(cell, elements, rows, name)


def _made(cell: list[float], elements: list[str], rows: list[list[str]], name: str) -> Crystal:
    if len(cell) != 6 or not rows:
        raise ValueError("it lacks a cell (CELL), elements (SFAC) or atoms")
    occupancies = [float(words[5]) if len(words) > 5 else 1.0 for words in rows]
    if any(abs(value) > 5 for value in occupancies):
        raise ValueError(OF_SHELX.format("it has coded occupancies, such as 11.0"))
    remarks = remarks_on_occupancies(occupancies)
    numbers, isotopes = numbers_of(_symbol(words, elements) for words in rows)
    positions = [[float(word) for word in words[2:5]] for words in rows]
    crystal = Crystal.of(Lattice.from_parameters(*cell).matrix, positions, numbers, name)
    return replace(crystal, remarks=(*remarks, *isotopes))


def _symbol(words: list[str], elements: list[str]) -> str:
    """The element of an atom, by its label and its number in SFAC, which must agree."""
    number = int(words[1])
    if not 1 <= number <= len(elements):
        raise ValueError(f"the atom {words[0][:20]} has the element {number} of SFAC, which lists {len(elements)}")
    if symbol_of_label(words[0]).lower() != elements[number - 1].lower():
        raise ValueError(f"the atom {words[0][:20]} is {elements[number - 1][:20]} by its number in SFAC")
    return elements[number - 1]
