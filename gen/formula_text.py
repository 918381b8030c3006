"""Formulas as people write them: one reader for every command and table.

Accepted is every spelling with one sure meaning (``formula_spelling``), brackets, and amounts that are not whole.
Everything else is a ``UserError`` with the likely meaning.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from ase.data import atomic_names, atomic_numbers, chemical_symbols

from .errors import UserError, shown
from .formula_parser import Amounts, NoFormula, amounts_in, check_amounts
from .formula_spelling import SYMBOLS, parts_of, plain_text, readings, without_charge

LONGEST = 200  # characters
ABBREVIATIONS = {  # of batteries, in upper case; some could be read as elements, LiFSI as Li, F, S and I
    "LIFSI": "LiN(SO2F)2", "LITFSI": "LiN(SO2CF3)2", "LIBOB": "LiB(C2O4)2", "LIDFOB": "LiBF2(C2O4)",
    "LLZO": "Li7La3Zr2O12", "LGPS": "Li10GeP2S12", "LPS": "Li3PS4", "LPSCL": "Li6PS5Cl",
    "LATP": "Li1.3Al0.3Ti1.7(PO4)3",
    "LFP": "LiFePO4", "LCO": "LiCoO2", "LNO": "LiNiO2", "LMO": "LiMn2O4", "LTO": "Li4Ti5O12",
}  # fmt: skip
EXAMPLE = "write symbols and numbers, e.g. Li3PS4 or Ca(OH)2"


@dataclass(frozen=True)
class FormulaText:
    """A formula: ``text`` in plain spelling, and ``amounts`` of the elements by symbol, in their order."""

    text: str
    amounts: Amounts

    @property
    def counts(self) -> dict[int, int]:
        """Whole numbers of atoms by atomic number. Raises ``UserError`` for amounts that are not whole."""
        whole = {symbol: round(amount) for symbol, amount in self.amounts.items()}
        if any(abs(whole[symbol] - amount) > 1e-6 for symbol, amount in self.amounts.items()):
            factor = next((k for k in range(2, 101) if self._is_whole(k)), None)
            meant = f", e.g. {written({s: a * factor for s, a in self.amounts.items()})}" if factor else ""
            raise UserError(f"{shown(self.text)} has amounts that are not whole: write whole numbers{meant}.")
        return {atomic_numbers[symbol]: count for symbol, count in whole.items()}

    def _is_whole(self, factor: int) -> bool:
        return all(abs(factor * a - round(factor * a)) < 1e-6 * factor for a in self.amounts.values())


def read_formula(text: object) -> FormulaText:
    """The formula that a text means. Raises ``UserError``, which names the likely meaning."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise UserError(f"{shown(text)} is not a formula; {EXAMPLE}.")
    plain = plain_text(text)
    bare = without_charge(plain)
    if meant := ABBREVIATIONS.get(bare.upper()):
        raise UserError(f"{shown(text)} is an abbreviation: write {meant}.")
    parts = parts_of(bare)
    try:
        amounts: Amounts = {}
        for k, part in enumerate(parts):
            factor, formula = _coefficient(part) if k else (1.0, part)
            for symbol, amount in amounts_in(formula).items():
                amounts[symbol] = amounts.get(symbol, 0.0) + factor * amount
        check_amounts(amounts)
    except NoFormula as error:
        return _other_case(text, bare, str(error))
    spelt = re.sub(r"\s", "", parts[0])
    return FormulaText(spelt if len(parts) == 1 and not _has_heavy_hydrogen(spelt) else written(amounts), amounts)


def written(amounts: Amounts) -> str:
    """Amounts as a formula."""
    return "".join(f"{symbol}{'' if amount == 1 else f'{amount:.6g}'}" for symbol, amount in amounts.items())


def looks_like_formula(text: str) -> bool:
    """Whether a text can be read as a formula."""
    try:
        read_formula(text)
    except UserError:
        return False
    return True


def _other_case(text: str, bare: str, reason: str) -> FormulaText:
    """The formula of a text in lower or upper case alone, if there is one reading."""
    letters = "".join(c for c in bare if c.isalpha())
    found: list[FormulaText] = []
    for reading in readings(bare) if letters.isascii() and re.fullmatch(r"[A-Za-z0-9.()\[\]{}\s·]+", bare) else []:
        try:
            amounts = amounts_in(re.sub(r"\s", "", reading))
            check_amounts(amounts)
        except NoFormula:
            continue
        if amounts not in [one.amounts for one in found]:
            found.append(FormulaText(re.sub(r"\s", "", reading), amounts))
    if len(found) == 1 and (letters.islower() or letters.isupper()):
        return found[0]
    if len(found) > 1 and (letters.islower() or letters.isupper()):
        reason = "its letters have several meanings"
    named = [chemical_symbols[z] for z, name in enumerate(atomic_names) if z and name.lower() == letters.lower()]
    meant = named or [one.text for one in found[:3]] or _near(reason)
    end = f". Did you mean {' or '.join(meant)}?" if meant else "." if "write" in reason else f"; {EXAMPLE}."
    raise UserError(f"{shown(text)} is not a formula: {reason}{end}")


def _near(reason: str) -> list[str]:
    """Symbols near the one that a reason calls no element."""
    word = re.match(r"'([A-Z][a-z]*)' is not a chemical element", reason)
    return difflib.get_close_matches(word[1], sorted(SYMBOLS), n=3, cutoff=0.6) if word else []


def _coefficient(part: str) -> tuple[float, str]:
    """The number before a part of a hydrate, and the rest."""
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)?\s*(.+)", part, re.DOTALL)
    if match is None:
        raise NoFormula("a part of it is empty")
    return float(match[1] or 1), match[2]


def _has_heavy_hydrogen(text: str) -> bool:
    return bool(re.search(r"[DT](?![a-z])", text))
