"""Formulas that a CIF states, ``'Al2 Mg O4'`` or ``'2(C2 H6 O), H2 O'``, as numbers of atoms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .cif_blocks import UNKNOWN, CifBlock
from .cif_elements import atomic_number
from .formula_writings import joined_parts, proper_case, without_markup

TOKEN = re.compile(r"([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?|([(\[])|([)\]])(\d+\.?\d*|\.\d+)?|(\s+)")
MOIETY = re.compile(r"(\d+\.?\d*|\.\d+)?\s*\((.*)\)(?:\s*(\d+\.?\d*))?")
CHARGE = re.compile(r"(?:^|\s)\d*[+-]\d*$|[+-]$")
MAX_LENGTH = 500


@dataclass(frozen=True)
class Formula:
    """Number of atoms of each element by atomic number, and the formula as written; deuterium counts as hydrogen."""

    counts: Mapping[int, float]
    text: str
    is_counted: bool = True  # whether Z counts it, not another multiple of it

    @property
    def symbols(self) -> frozenset[str]:
        """Symbols of its elements."""
        from ase.data import chemical_symbols

        return frozenset(chemical_symbols[z] for z in self.counts)

    @property
    def is_exact(self) -> bool:
        """Whether all numbers are whole."""
        return all(abs(n - round(n)) < 1e-9 for n in self.counts.values())


COUNTED = ("_chemical_formula_sum", "_chemical_formula_moiety")
RATIOS = ("_chemical_formula_structural", "_chemical_formula_iupac", "_chemical_formula_analytical")


def stated_formula(block: CifBlock) -> tuple[Formula | None, str]:
    """The first formula of a block that is understood, and the first that is not; None and empty without them.

    The sum formula stands first, then the sum of the moieties, then formulas that give ratios only.
    """
    obscure = ""
    for tag in (*COUNTED, *RATIOS):
        for text in block.values(tag):
            formula = moieties_of(text) if tag == COUNTED[1] else formula_of(text)
            if formula:
                return replace(formula, is_counted=tag in COUNTED), obscure
            obscure = obscure or text
    return None, obscure


def rows_of_formulas(block: CifBlock) -> list[str]:
    """The formulas of the first tag that has several, as rows of a loop; none of them is that of the block."""
    columns = ([text for text in block.column(tag) if text not in UNKNOWN] for tag in (*COUNTED, *RATIOS))
    return next((column for column in columns if len(column) > 1), [])


def formula_of(text: str) -> Formula | None:
    """A formula in any writing, with spaces, brackets, or parts joined by stars; None if a part is not understood."""
    total: dict[int, float] = {}
    for factor, part in joined_parts(without_markup(text[: MAX_LENGTH + 1])):
        formula = _part_of(part) or _part_of(proper_case(CHARGE.sub("", part.strip()).strip(" -'\"")) or "")
        if formula is None:
            return None
        for number, n in formula.counts.items():
            total[number] = total.get(number, 0.0) + factor * n
    return Formula(total, text)


def _part_of(text: str) -> Formula | None:
    plain = CHARGE.sub("", text.strip()).strip(" -'\"")
    if not plain or len(plain) > MAX_LENGTH:
        return None
    stack: list[dict[int, float]] = [{}]
    position = 0
    while position < len(plain):
        found = TOKEN.match(plain, position)
        if found is None:
            return None
        position = found.end()
        if found[1]:
            number = atomic_number(found[1])
            if not number:
                return None
            stack[-1][number] = stack[-1].get(number, 0.0) + float(found[2] or 1)
        elif found[3]:
            stack.append({})
        elif found[4]:
            if len(stack) == 1:
                return None
            group, factor = stack.pop(), float(found[5] or 1)
            for number, n in group.items():
                stack[-1][number] = stack[-1].get(number, 0.0) + factor * n
    counts = {number: n for number, n in stack[0].items() if n > 0}
    return Formula(counts, text) if len(stack) == 1 and counts else None


def moieties_of(text: str) -> Formula | None:
    """The sum of moieties, separated by commas, each with a factor and a charge; None if one is not understood."""
    total: dict[int, float] = {}
    for part in text[:MAX_LENGTH].split(","):
        moiety = part.strip()
        found = MOIETY.fullmatch(moiety)
        factor = float(found[1] or found[3] or 1) if found else 1.0
        formula = formula_of(found[2] if found else moiety)
        if formula is None:
            return None
        for number, n in formula.counts.items():
            total[number] = total.get(number, 0.0) + factor * n
    return Formula(total, text) if total else None


def formula_text(counts: Mapping[int, float]) -> str:
    """Elements in alphabetical order with their numbers, ``Al16 Mg8 O32``."""
    from ase.data import chemical_symbols

    return " ".join(
        sorted(f"{chemical_symbols[z]}{n:.4g}" if n != 1 else chemical_symbols[z] for z, n in counts.items())
    )
