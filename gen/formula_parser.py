"""Parser of formulas in plain spelling: symbols, numbers and brackets."""

from __future__ import annotations

import re

from .errors import shown
from .formula_spelling import SYMBOLS

MOST = 10_000.0  # atoms of one element in a formula unit
DEEPEST = 10  # brackets
TOKEN = re.compile(
    r"(?P<symbol>[A-Z][a-z]*)|(?P<opening>[(\[{])|(?P<closing>[)\]}])|(?P<number>\d+\.?\d*|\.\d+)|(?P<other>.)",
    re.DOTALL,
)
CLOSING = {"(": ")", "[": "]", "{": "}"}
HYDROGEN = {"D": "H", "T": "H"}
REFUSED = tuple((re.compile(pattern), reason) for pattern, reason in (
    (r"^\s*\d", "a number stands before it: write one formula unit"),
    (r"\d/\d", "it holds a fraction: write a decimal number, as in Li0.5CoO2"),
    (r"\d[+-]+$", "it is not clear where its charge begins: write ^ before the charge, or leave it out"),
    (r"[A-Za-z0-9)\]}]\s*\+\s*\S", "it is a mixture or an ion: write one formula without +"),
    (r"[^A-Za-zδ0-9.()\[\]{}\s-]", "{} has no place in it"),
    (r"(?<![A-Z])[xyzδ](?![a-z])", "it holds a variable: write a number"),
    (r"[(\[](?:I{1,3}|I?V|VI{1,3})[)\]]|II+", "{} is an oxidation state: leave it out"),  # I is iodine only alone
    (r"-", "'-' has no place in it"),
    (r"\.\d*\.|\.(?!\d)", "a point follows no number"),
))  # fmt: skip
Amounts = dict[str, float]  # by symbol, in the order in which the elements are written


class NoFormula(ValueError):
    """A text that is not a formula; the message says why."""


class _Reader:
    """Reads the tokens of a formula one after the other; each method raises ``NoFormula``."""

    def __init__(self) -> None:
        self.open: list[tuple[str, Amounts]] = [("", {})]  # the closing bracket and the amounts of each level
        self.last: Amounts = {}  # what a number multiplies

    def symbol(self, symbol: str) -> None:
        if symbol not in SYMBOLS:
            raise NoFormula(f"{shown(symbol)} is not a chemical element")
        self._put({HYDROGEN.get(symbol, symbol): 1.0})

    def number(self, number: str) -> None:
        if not self.last:
            raise NoFormula(f"the number {number[:20]} follows no element")
        _add(self.open[-1][1], self.last, float(number) - 1)
        self.last = {}

    def opening(self, bracket: str) -> None:
        if len(self.open) > DEEPEST:
            raise NoFormula("its brackets are too deep")
        self.open.append((CLOSING[bracket], {}))
        self.last = {}

    def closing(self, bracket: str) -> None:
        if self.open[-1][0] != bracket:
            raise NoFormula(f"the bracket {bracket} closes nothing")
        if not self.open[-1][1]:
            raise NoFormula("a pair of brackets is empty")
        self._put(self.open.pop()[1])

    def _put(self, amounts: Amounts) -> None:
        self.last = amounts
        _add(self.open[-1][1], amounts, 1.0)

    def end(self) -> Amounts:
        if len(self.open) > 1:
            raise NoFormula(f"a bracket {self.open[-1][0]} is missing")
        if not self.open[0][1]:
            raise NoFormula("it names no element")
        return self.open[0][1]


def amounts_in(text: str) -> Amounts:
    """Amounts of a formula in plain spelling. Raises ``NoFormula``."""
    _check_characters(text)
    reader = _Reader()
    for token in TOKEN.finditer(text):
        if token.lastgroup != "other":
            getattr(reader, str(token.lastgroup))(token[0])
        elif not token[0].isspace():
            raise NoFormula(f"{shown(token[0])} follows no element, and begins none")
    return reader.end()


def _add(to: Amounts, more: Amounts, factor: float) -> None:
    for symbol, amount in more.items():
        to[symbol] = to.get(symbol, 0.0) + factor * amount


def _check_characters(text: str) -> None:
    """Raises ``NoFormula`` for signs that have no place in a formula, with what they may mean."""
    if re.search(r"\d,\d", text):
        raise NoFormula(f"a comma is no decimal point: write {text.replace(',', '.')[:60]}")
    for pattern, reason in REFUSED:
        if found := pattern.search(text):
            raise NoFormula(reason.format(shown(found[0].strip())))


def check_amounts(amounts: Amounts) -> None:
    """Raises ``NoFormula`` for an element without atoms, or with too many."""
    for symbol, amount in amounts.items():
        if not amount > 1e-6:
            raise NoFormula(f"it has no atom of {symbol}")
        if amount > MOST:
            raise NoFormula(f"{amount:.3g} atoms of {symbol} are more than {MOST:,.0f}")
