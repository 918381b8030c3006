"""Oxidation states of a composition, as chemistry allows them: the most usual choice that balances.

Each non-metal is a cation or an anion throughout, and by Pauling's test no anion is less electronegative than a
non-metal that is a cation (PO4 3-, but no P3- beside S6+). The states are those of ``ion_states``. If no choice with
one state per element balances, the average state of one element may lie between its states:

mixed valence   a metal with an open shell, or with several closed ones (Fe3O4, InCl2)
bonds           a non-metal or metalloid bonded to its like (P2S6 4-, S2 2-, O2 2-), or cation and anion (NH4NO3)

Ions with closed shells and bonds hold an even number of electrons, so that without an open shell a cell with an odd
number of electrons is impossible (a band is half filled: no insulator).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product

from .assignment import Assignment, Formula
from .ion_states import D_BLOCK, F_BLOCK, HARD, NON_METALS, SOFT, SOFTNESS, ion_states, is_redox_active
from .like_bonds import PHOSPHORUS, averages

LONE_PAIRS = (1.0, 3.0)  # average states of phosphorus without bonds to its like
METALS = D_BLOCK | F_BLOCK
PENALTIES = {80: 10, 35: 20, 53: 20}  # bonds of Hg, Br and I to their like are less usual
Sums = dict[float, tuple[float, tuple[int, ...]]]  # rank and choice of states by sum of charges
TOLERANCE = 0.1  # of electronegativities in Pauling's test
OPEN, AVERAGE, NON_METAL = 3, 20, 10  # added to the rank of a choice: an open shell, an average state, of a non-metal


@lru_cache(maxsize=200_000)
def assigned(formula: Formula, tolerance: float = 0.0) -> Assignment | None:
    """The most usual choice for the elements of a formula; None if there is none.

    ``tolerance`` is the share of the positive charge that may be missing or left.
    """
    best: tuple[float, Assignment] | None = None
    for signs in _signs(formula):
        found = _balanced(formula, signs, tolerance)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return best[1] if best else None


def _signs(formula: Formula) -> Iterator[dict[int, bool]]:
    """Every division into cations (True) and anions that passes Pauling's test."""
    table = ion_states()
    if any(z not in table for z, _ in formula):
        return
    can = [[s for s in (True, False) if (table[z].positive[HARD] if s else table[z].negative)] for z, _ in formula]
    for chosen in product(*can):
        if all(chosen) or not any(chosen):
            continue
        signs = {z: positive for (z, _), positive in zip(formula, chosen, strict=True)}
        lowest = min(table[z].electronegativity for z, positive in signs.items() if not positive)
        cations = [table[z].electronegativity for z, positive in signs.items() if positive and z in NON_METALS]
        if max(cations, default=0.0) <= lowest + TOLERANCE:
            yield signs


def _balanced(formula: Formula, signs: Mapping[int, bool], tolerance: float) -> tuple[float, Assignment] | None:
    table = ion_states()
    softness = max(SOFTNESS.get(z, SOFT) for z, positive in signs.items() if not positive)
    reached: Sums = {0: (0.0, ())}
    choices = [table[z].positive[softness] if signs[z] else (table[z].negative,) for z, _ in formula]
    for (z, count), states in zip(formula, choices, strict=True):
        reached = _extended(reached, z, count, states)
    negative = sum(-s[0] * n for (z, n), s in zip(formula, choices, strict=True) if not signs[z])
    near = [total for total in reached if abs(total) <= tolerance * negative + 1e-6]
    if near:
        rank, chosen = min(reached[total] for total in near)
        return rank, Assignment({z: s for (z, _), s in zip(formula, chosen, strict=True)})
    return _averaged(formula, signs, choices, softness)


def _extended(reached: Sums, z: int, count: float, states: tuple[int, ...]) -> Sums:
    """The sums of charges reached with one more element, each with the lowest rank and its choice of states."""
    further: Sums = {}
    for total, (rank, chosen) in reached.items():
        for k, state in enumerate(states):
            new = round(total + state * count, 9)
            worth = rank + k * k + OPEN * is_redox_active(z, state)
            if new not in further or worth < further[new][0]:
                further[new] = worth, (*chosen, state)
    return further


def _averaged(
    formula: Formula, signs: Mapping[int, bool], choices: list[tuple[int, ...]], softness: int
) -> tuple[float, Assignment] | None:
    """The choice of lowest rank in which one element has an average state."""
    best: tuple[float, Assignment] | None = None
    for k, (z, count) in enumerate(formula):
        allowed = averages(z, choices[k], signs, softness)
        if allowed is None:
            continue
        others = [(item, states) for i, (item, states) in enumerate(zip(formula, choices, strict=True)) if i != k]
        reached: Sums = {0: (0.0, ())}
        for (y, n), states in others:
            reached = _extended(reached, y, n, states)
        for total, (rank, chosen) in reached.items():
            average = -total / count
            worth = rank + AVERAGE + PENALTIES.get(z, 0 if z in METALS else NON_METAL) + abs(average - round(average))
            if allowed.low <= average <= allowed.high and average != 0 and (best is None or worth < best[0]):
                chosen_states = {y: float(s) for ((y, _), _), s in zip(others, chosen, strict=True)}
                alone = average >= allowed.alone or (z == PHOSPHORUS and average in LONE_PAIRS)
                best = worth, Assignment(chosen_states | {z: average}, z, not alone)
    return best
