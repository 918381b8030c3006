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
from .formula_spelling import SYMBOLS, parts_of, plain_text, readings, without_charge

LONGEST = 200  # characters
MOST = 10_000.0  # atoms of one element in a formula unit
DEEPEST = 10  # brackets
EXAMPLE = "write symbols and numbers, e.g. Li3PS4 or Ca(OH)2"
TOKEN = re.compile(r"([A-Z][a-z]*)|([(\[{])|([)\]}])|(\d+\.?\d*|\.\d+)|(.)", re.DOTALL)
CLOSING = {"(": ")", "[": "]", "{": "}"}
HYDROGEN = {"D": "H", "T": "H"}
Amounts = dict[str, float]  # by symbol, in the order in which the elements are written


class NoFormula(ValueError):
    """A text that is not a formula; the message says why."""


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
    parts = parts_of(bare)
    try:
        amounts: Amounts = {}
        for k, part in enumerate(parts):
            factor, formula = _coefficient(part) if k else (1.0, part)
            for symbol, amount in _amounts(formula).items():
                amounts[symbol] = amounts.get(symbol, 0.0) + factor * amount
        _check_amounts(amounts)
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
    found = []
    for reading in readings(bare) if letters.isascii() and re.fullmatch(r"[A-Za-z0-9.()\[\]{}\s·]+", bare) else []:
        try:
            amounts = _amounts(re.sub(r"\s", "", reading))
            _check_amounts(amounts)
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


def _amounts(text: str) -> Amounts:
    """Amounts of a formula in plain spelling. Raises ``NoFormula``."""
    _check_characters(text)
    stack: list[tuple[str, Amounts]] = [("", {})]
    last: Amounts = {}  # what a number would multiply
    for symbol, opened, closed, number, other in TOKEN.findall(text):
        if other.isspace() and other:
            continue
        if number:
            if not last:
                raise NoFormula(f"the number {number[:20]} follows no element")
            _add(stack[-1][1], last, float(number) - 1)
            last = {}
            continue
        if symbol:
            if symbol not in SYMBOLS:
                raise NoFormula(f"{shown(symbol)} is not a chemical element")
            last = {HYDROGEN.get(symbol, symbol): 1.0}
            _add(stack[-1][1], last, 1.0)
        elif opened:
            if len(stack) > DEEPEST:
                raise NoFormula("its brackets are too deep")
            stack.append((CLOSING[opened], {}))
            last = {}
        elif closed:
            if stack[-1][0] != closed:
                raise NoFormula(f"the bracket {closed} closes nothing")
            last = stack.pop()[1]
            _add(stack[-1][1], last, 1.0)
    if len(stack) > 1:
        raise NoFormula(f"a bracket {stack[-1][0]} is missing")
    if not stack[0][1]:
        raise NoFormula("it names no element")
    return stack[0][1]


def _add(to: Amounts, more: Amounts, factor: float) -> None:
    for symbol, amount in more.items():
        to[symbol] = to.get(symbol, 0.0) + factor * amount


def _check_characters(text: str) -> None:
    """Raises ``NoFormula`` for signs that have no place in a formula, with what they may mean."""
    if re.match(r"\s*\d", text):
        raise NoFormula("a number stands before it: write one formula unit")
    if re.search(r"\d,\d", text):
        raise NoFormula(f"a comma is no decimal point: write {text.replace(',', '.')[:60]}")
    if re.search(r"\d/\d", text):
        raise NoFormula("it holds a fraction: write a decimal number, as in Li0.5CoO2")
    if re.search(r"\d[+-]+$", text):
        raise NoFormula("it is not clear where its charge begins: write ^ before the charge, or leave it out")
    if re.search(r"[A-Za-z0-9)\]}]\s*\+\s*\S", text):
        raise NoFormula("it is a mixture or an ion: write one formula without +")
    if found := re.search(r"[^A-Za-zδ0-9.()\[\]{}\s-]", text):
        raise NoFormula(f"{shown(found[0])} has no place in it")
    if re.search(r"[xyzδ](?![a-z])", re.sub(r"[A-Z][a-z]", "", text)):
        raise NoFormula("it holds a variable: write a number")
    if "-" in text:
        raise NoFormula("'-' has no place in it")
    if re.search(r"\.\d*\.|\.(?!\d)", text):
        raise NoFormula("a point follows no number")


def _check_amounts(amounts: Amounts) -> None:
    for symbol, amount in amounts.items():
        if not amount > 1e-6:
            raise NoFormula(f"it has no atom of {symbol}")
        if amount > MOST:
            raise NoFormula(f"{amount:.3g} atoms of {symbol} are more than {MOST:,.0f}")


def _has_heavy_hydrogen(text: str) -> bool:
    return bool(re.search(r"[DT](?![a-z])", text))
