"""SMACT's validity: oxidation states that balance, positive on the less electronegative elements.

SMACT's composition validity (Davies et al., J. Open Source Softw. 4, 1361, 2019), as the figures of the field use it
(CDVAE, DiffCSP, MatterGen): the oxidation states ``smact14``, one state per element, Pauling's test (every cation is
less electronegative than every anion); pure elements and alloys of metals are valid. SMACT 4 defaults to another set
(``icsd24``), so the set is named here. Only the tables are SMACT's. SMACT tries all combinations of states, which takes
seconds for some formulas; here the reachable sums of charges are followed, which gives the same answer in microseconds.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..check import Check
from ..verdict import Verdict

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

Formula = tuple[tuple[int, int], ...]  # (atomic number, count) of each element
OXIDATION_STATES = "smact14"


class SmactValidity(Check):
    """SMACT's check of the charge balance, for figures. The reason names one choice of states that balances."""

    name: ClassVar[str] = "charge"
    question: ClassVar[str] = "Do the oxidation states of its elements balance?"
    unit: ClassVar[str] = ""

    def answer(self, crystal: Crystal) -> Verdict:
        """The verdict on the reduced formula; cached."""
        numbers, counts = np.unique(crystal.atomic_numbers, return_counts=True)
        counts = counts // np.gcd.reduce(counts)
        passed, reason = charge_balance(tuple(zip(numbers.tolist(), counts.tolist(), strict=True)))
        return self.verdict(passed, reason=reason)


@lru_cache(maxsize=200_000)
def charge_balance(formula: Formula) -> tuple[bool, str]:
    """Whether a reduced formula is valid, and why."""
    from ase.data import chemical_symbols

    table = _table()
    if len(formula) == 1:
        return True, "a pure element"
    if all(table[z][2] for z, _ in formula):
        return True, "an alloy of metals"
    without = [chemical_symbols[z] for z, _ in formula if table[z][0] is None or not table[z][1]]
    if without:
        return False, f"SMACT has no electronegativity or no oxidation state for {', '.join(without)}"
    states = oxidation_states(formula)
    if states is None:
        return False, "no oxidation states balance with cations less electronegative than anions"
    ordered = sorted(formula, key=lambda item: -states[item[0]])
    return True, " ".join(f"{chemical_symbols[z]}{states[z]:+d}" for z, _ in ordered) + " balance"


def oxidation_states(formula: Formula) -> dict[int, int] | None:
    """One choice of oxidation state per atomic number that is neutral and passes Pauling's test, or None.

    By Pauling's test the cations are the first few elements in order of electronegativity. For each such cut, the
    reachable sums of charges are followed element by element.
    """
    table = _table()
    ordered = sorted(formula, key=lambda item: table[item[0]][0] or 0.0)
    for cut in range(1, len(ordered)):
        if table[ordered[cut - 1][0]][0] == table[ordered[cut][0]][0]:
            continue  # equally electronegative: neither may be the cation of the other
        reached: dict[int, tuple[int, ...]] = {0: ()}
        for k, (z, count) in enumerate(ordered):
            sign = 1 if k < cut else -1
            allowed = [s for s in table[z][1] if s * sign > 0]
            reached = {total + s * count: (*chosen, s) for total, chosen in reached.items() for s in allowed}
        if 0 in reached:
            return {z: s for (z, _), s in zip(ordered, reached[0], strict=True)}
    return None


@cache
def _table() -> dict[int, tuple[float | None, tuple[int, ...], bool]]:
    """Pauling electronegativity, oxidation states and whether it counts as a metal, by atomic number, from SMACT."""
    from ase.data import chemical_symbols
    from smact import Element, metals

    table: dict[int, tuple[float | None, tuple[int, ...], bool]] = {}
    for z, symbol in enumerate(chemical_symbols):
        try:
            element = Element(symbol)
        except (NameError, KeyError, ValueError):
            table[z] = (None, (), False)
            continue
        states = getattr(element, f"oxidation_states_{OXIDATION_STATES}") or ()
        table[z] = (element.pauling_eneg, tuple(states), symbol in metals)
    return table
