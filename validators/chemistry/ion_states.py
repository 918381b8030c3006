"""Oxidation states of the elements in known compounds, and the open shells of their ions.

``oxidation_states.csv`` lists the states of ions, the usual one first. A high state exists beside hard anions alone:
column ``any`` beside all anions, ``chloride`` besides where no anion is softer than Cl and Br, ``hard`` besides where
all are F, O and N. So there is Cu³⁺ in oxides and fluorides, but none in sulfides. Metals are never negative, except
Au, Pt and those next to the non-metals. States of atoms bonded to their like (P4+ in P2S6) are not listed: they are
averages, see ``charge_assignment``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATES = Path(__file__).with_name("oxidation_states.csv")
HARD, CHLORIDE, SOFT = range(3)  # softness of an anion
SOFTNESS = dict.fromkeys((7, 8, 9), HARD) | dict.fromkeys((17, 35), CHLORIDE)  # by atomic number; others are soft
CLOSED = frozenset({0, 2, 4, 10, 12, 18, 28, 30, 36, 46, 48, 54, 68, 78, 80, 86})  # electrons without an open shell
LANTHANIDES = frozenset(range(57, 72))
D_BLOCK = frozenset({*range(21, 31), *range(39, 49), *range(72, 81)})
F_BLOCK = LANTHANIDES | frozenset(range(89, 104))
NON_METALS = frozenset({1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 36, 52, 53, 54})  # in polyanions: Pauling's test


@dataclass(frozen=True)
class IonStates:
    """The states of one element: positive ones by softness of the anions, the negative one or 0, electronegativity."""

    positive: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    negative: int
    electronegativity: float


@cache
def ion_states() -> dict[int, IonStates]:
    """The table by atomic number. Elements without compounds are missing."""
    from pymatgen.core import Element

    table = {}
    with STATES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            everywhere, chloride, hard = (tuple(map(int, row[name].split())) for name in ("any", "chloride", "hard"))
            element = Element(row["element"])
            positive = (everywhere + chloride + hard, everywhere + chloride, everywhere)
            table[element.Z] = IonStates(positive, int(row["negative"] or 0), float(element.X))
    return table


@cache
def has_open_shell(number: int, state: int) -> bool:
    """Whether the d or f shell of an ion is partly filled."""
    return number in D_BLOCK | F_BLOCK and number - state not in CLOSED


@cache
def is_redox_active(number: int, state: int) -> bool:
    """Whether an ion changes its state easily: an open d or 5f shell, or a lanthanide with an open shell but not 3+."""
    return has_open_shell(number, state) and not (number in LANTHANIDES and state == 3)
