"""The element of a site, from its type symbol or else its label; groups of atoms and vacancies are recognised.

kind              examples                            what is made of it
element           Li, Li1+, O2-, Fe+3, LI, cl         the element
isotope           D, T, 2H, 7Li, Li7                  the element, with a remark
vacancy           Va, Vac, vacancy1, Vac1 of type V   no atom, with a remark; refused if it may be an element
group of atoms    NH4, OH, H2O, Wat                   refused: its hydrogens are not listed
mixture           Fe/Mn, Al0.5Si0.5                   refused
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from .cif_faults import CifFault

VACANCY = re.compile(r"\[\]|vac|v[ac](?![a-z])|v_[a-z]", re.IGNORECASE)
SURE_VACANCY = re.compile(r"\[\]|vac", re.IGNORECASE)
GROUPS = ("wat", "water", "hoh", "hydroxyl", "ammonium", "oh", "o-h", "ho", "nh", "cn", "no", "co", "h2o", "d2o", "ow")
CHARGE = re.compile(r"\(?(?:\d*\.?\d*[+-]+\d*\.?\d*|[+-]\d+)\)?$")
WITH_HYDROGENS = re.compile(  # labels without their signs
    r"O\d*[HhWw]\d*[A-Za-z]?|O\d*(?:wat|aq|hyd)[a-z]*\d*|(?:W|wat|water|H2O|D2O|HOH|HO|hydroxyl)\d*[a-z]?|[NC]H[1-4]\d*[A-Z]?",
    re.IGNORECASE,
)
SITE_LABEL = re.compile(r"[WTB]\W?\d*\W?")  # water, tetrahedra and cations, or tungsten, tritium and boron
HEAVIEST_FOUND = 103  # heavier elements have no crystals; their symbols are misread groups of atoms (Nh, Cn, Og)


@dataclass(frozen=True)
class Element:
    """Atomic number of a site (0: vacancy) and a remark on how it was found; ``hydrogens``: its label tells of some."""

    number: int
    remark: str = ""
    hydrogens: bool = False


@lru_cache(maxsize=50_000)
def element_of(symbol: str, label: str, stated: frozenset[str]) -> Element:
    """The element of a site with this type symbol (empty: none) and label.

    ``stated`` holds the elements of the stated formula, which decides where two readings are possible.
    Raises ``CifFault`` if the element is not sure.
    """
    if vacancy := _vacancy(symbol.partition(",")[0], label, stated):
        return vacancy
    return _of_symbol(symbol, label, stated) if symbol else _of_label(label, stated)


def _vacancy(symbol: str, label: str, stated: Collection[str]) -> Element | None:
    """A vacancy by its type symbol or label; None if the site is none. ``Va1`` is vanadium if the formula has it."""
    left_out = Element(0, f"The vacancy {label or symbol} is left out.")
    if symbol and VACANCY.match(symbol):
        return left_out
    if not VACANCY.match(label):
        return None
    is_sure = bool(SURE_VACANCY.match(label))
    if not is_sure and ("V" in stated or (CHARGE.sub("", symbol) or "V") != "V"):
        return None
    other = CHARGE.sub("", symbol)
    if other and not (other.lower() in ("x", "xx") or (other == "V" and (is_sure or stated))):
        raise CifFault(f"the site {label} of type {symbol} may be a vacancy or {symbol}: rename it, or leave it out")
    return left_out


def atomic_number(symbol: str) -> int:
    """Atomic number of an element's symbol in its exact writing; 0 if it is none. D and T are hydrogen."""
    from ase.data import atomic_numbers

    return 1 if symbol in ("D", "T") else int(atomic_numbers.get(symbol, 0))


def _of_symbol(symbol: str, label: str, stated: Collection[str]) -> Element:
    symbol = symbol.partition(",")[0]  # pymatgen writes a spin after a comma
    bare = CHARGE.sub("", symbol) or symbol
    if number := atomic_number(bare):
        return _isotope(bare, number, stated) if bare in ("D", "T") else _known(bare, number, label, stated)
    if found := re.fullmatch(r"(\d{1,3})([A-Z][a-z]?)|([A-Z][a-z]?)-?(\d{1,3})", bare):
        element, mass = (found[2], found[1]) if found[2] else (found[3], found[4])
        if (number := atomic_number(element)) and _is_isotope(number, int(mass)):
            return Element(number, f"The isotope {symbol} is read as {_name(number)}.")
        if number and mass == "0":
            return Element(number)
        if number and (bare == label or element in stated) and found[3]:
            return Element(number, f"The type symbol {symbol} is read as {element}.")
        raise CifFault(
            f"the type symbol {symbol} of site {label} is not an element: write {element}, or list its atoms"
        )
    if re.fullmatch(r"[A-Za-z]{1,2}", bare):
        return _other_case(bare, label, stated)
    raise CifFault(_no_element(symbol, label))


def _known(bare: str, number: int, label: str, stated: Collection[str]) -> Element:
    if number > HEAVIEST_FOUND and bare not in stated:
        raise CifFault(
            f"the site {label} has the element {bare}, of which no crystals exist: is a group of atoms meant?"
        )
    if number in (6, 7, 8) and _tells_of_hydrogens(label):
        return Element(number, hydrogens=True)
    leading = re.match(r"[A-Z][a-z]?", label)
    other = leading[0] if leading and atomic_number(leading[0]) else label[:1]
    if other and atomic_number(other) and not label.lower().startswith(bare.lower()):
        return Element(number, f"The site {label} is {bare} by its type symbol.")
    return Element(number)


def _tells_of_hydrogens(label: str) -> bool:
    """Whether a label of O, N or C is that of water, hydroxyl or another group: ``O1W``, ``O(H)``, ``Owater``."""
    return bool(WITH_HYDROGENS.fullmatch(re.sub(r"[^A-Za-z0-9]", "", label)))


def _isotope(bare: str, number: int, stated: Collection[str]) -> Element:
    return Element(number, f"The isotope {bare} is read as H.") if stated is not None else Element(number)


def _is_isotope(number: int, mass: int) -> bool:
    from ase.data import atomic_masses

    return (number == 1 and mass in (2, 3)) or (number > 1 and abs(mass - atomic_masses[number]) <= 2 + 0.04 * mass)


def _other_case(bare: str, label: str, stated: Collection[str]) -> Element:
    """A symbol in the wrong case: ``LI`` is lithium; ``CO`` is cobalt only if the stated formula has it."""
    proper = bare.capitalize()
    number = atomic_number(proper)
    if not number or number > HEAVIEST_FOUND:
        raise CifFault(_no_element(bare, label))
    is_group = len(bare) == 2 and bare.isupper() and all(atomic_number(letter) for letter in bare)
    if is_group and (proper not in stated or all(letter in stated for letter in bare)):
        raise CifFault(f"the type symbol {bare} of {label} may be {proper} or {bare[0]} and {bare[1]}: write {proper}")
    return Element(number, f"The type symbol {bare} is read as {proper}.")


def _of_label(label: str, stated: Collection[str]) -> Element:
    """The element at the start of a label: ``Co1``, ``O2'``, ``SiT1``, ``CL1``."""
    letters = re.match(r"\d*([A-Za-z]+)", CHARGE.sub("", label) or label)
    group = re.match(r"(?:NH|Nh|OH|Oh|O-H|O-h|Ow|OW|CN|NO|H2O|D2O|[Ww]at|WAT|HOH|CH)", label)
    if group and not (group[0] in ("Nh", "Cn", "No") and group[0] in stated):
        return _of_group(label, group[0], stated)
    if not letters:
        raise CifFault(_no_element(label, label))
    text = letters[1]
    one, two = text[0].upper(), text[:2].capitalize()
    readings = [e for e in dict.fromkeys((two, one)) if 0 < atomic_number(e) <= HEAVIEST_FOUND]
    supported = [e for e in readings if e in stated]
    if len(supported) == 1:
        readings = supported
    elif len(text) > 1 and text[1].islower() and two in readings:
        readings = [two]
    if not readings:
        raise CifFault(_no_element(label, label))
    if len(readings) > 1:
        raise CifFault(f"the site {label} may be {readings[0]} or {readings[1]}: give _atom_site_type_symbol")
    number = atomic_number(readings[0])
    if SITE_LABEL.fullmatch(label) and readings[0] not in stated:
        raise CifFault(f"the site {label} may be {readings[0]} or a kind of site: give _atom_site_type_symbol")
    remark = f"The isotope {readings[0]} is read as H." if readings[0] in ("D", "T") else ""
    return Element(number, remark, hydrogens=number == 8 and _tells_of_hydrogens(label))


def _of_group(label: str, group: str, stated: Collection[str]) -> Element:
    """A label that names a group of atoms: its heavy atom, if a stated formula can tell whether hydrogens lack."""
    heavy = {"N": 7, "O": 8, "C": 6}.get(group[0].upper(), 8)
    if not stated or group[0].upper() == "N":
        raise CifFault(f"the site {label} is a group of atoms, not an element: list its atoms, hydrogens included")
    return Element(heavy, f"The site {label} is read as {'O' if heavy == 8 else 'C'}.", hydrogens=True)


def _no_element(symbol: str, label: str) -> str:
    site = f" of site {label}" if label and label != symbol else ""
    if symbol.lower().rstrip("0123456789+-") in GROUPS or re.fullmatch(r"(?:[A-Z][a-z]?\d*){2,}[+-]?", symbol):
        return f"the type symbol {symbol}{site} is a group of atoms, not an element: list its atoms, hydrogens included"
    return f"{symbol!r}{site} is not an element"


def _name(number: int) -> str:
    from ase.data import chemical_symbols

    return str(chemical_symbols[number])
