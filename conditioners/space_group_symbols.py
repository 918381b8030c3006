"""Hermann-Mauguin symbols of the 230 space groups in all settings of spglib."""

from __future__ import annotations

import re
from functools import cache

import spglib

from ..gen.errors import UserError, did_you_mean
from ..gen.symmetry.wyckoff_tables import wyckoff_tables

OLDER_SYMBOLS = {"Abm2": 39, "Aba2": 41, "Cmca": 64, "Cmma": 67, "Ccca": 68}  # International Tables before 1992


def _setting(hall: int) -> spglib.SpaceGroupType:
    setting = spglib.get_spacegroup_type(hall)
    assert setting is not None, f"spglib has no Hall number {hall}"
    return setting


def _plain(symbol: str) -> str:
    """``P 2_1/c`` as ``P21/c``: no blanks or underscores, the lattice letter in upper case, all others in lower."""
    text = re.sub(r"[\s_]", "", symbol).replace("−", "-").replace("–", "-")
    return text[:1].upper() + text[1:].lower()


@cache
def space_group_symbol(number: int) -> str:
    """Short symbol of the standard setting, e.g. ``Fm-3m`` for 225."""
    return _plain(_setting(int(wyckoff_tables().hall[number])).international_short)


@cache
def spaced_symbol(number: int) -> str:
    """Symbol with blanks, as in CIFs: ``F m -3 m``, ``P 1 21/c 1``."""
    setting = _setting(int(wyckoff_tables().hall[number]))
    return str(setting.international).split("=")[-1].strip().replace("_", "")


@cache
def _numbers() -> dict[str, int]:
    """Space group number by symbol, of all settings; a symbol of a standard setting means that setting."""
    names = {space_group_symbol(number): number for number in range(1, 231)} | OLDER_SYMBOLS
    for hall in range(1, 531):
        kind = _setting(hall)
        for spelling in (kind.international_short, kind.international_full, *kind.international.split("=")):
            names.setdefault(_plain(spelling), kind.number)
            # P 1 21/n 1 is usually written P21/n
            names.setdefault(re.sub(r"^([A-Z])1(.+)1$|^([A-Z])11(.+)$", r"\1\2\3\4", _plain(spelling)), kind.number)
    return names


def space_group_number(text: str) -> int:
    """Number of a space group from a number or symbol; raises ``UserError`` if there is no such group."""
    if re.fullmatch(r"[+-]?\d+(\.0*)?", text):
        number = int(float(text))
        if not 1 <= number <= 230:
            raise UserError(f"space group {text} does not exist: numbers go from 1 to 230.")
        return number
    known = _numbers().get(_plain(text))
    if known is None:
        standard = [space_group_symbol(number) for number in range(1, 231)]
        hint = did_you_mean(_plain(text), standard)
        raise UserError(f"space group {text!r} does not exist.{hint} Write a number (225) or a symbol (Fm-3m).")
    return known
