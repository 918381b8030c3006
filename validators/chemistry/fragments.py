"""Check ``fragments``: the molecules and polyanions of a crystal, and whether their valences are possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, ClassVar

from ..check import Check
from ..structure.neighbours import PeriodicPoints
from ..structure.plausible import MIN_DISTANCE
from ..verdict import Verdict
from .molecules import NONMETALS, Molecule, molecules_of
from .valences import ChargeState, charge_states

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

MAX_COMBINATIONS = 20_000


@dataclass(frozen=True)
class Fragment:
    """A kind of molecule or polyanion: its number in the cell, its charge (e) if one balances, and its SMILES."""

    formula: str
    count: int
    charge: int | None
    smiles: str = ""

    def __str__(self) -> str:
        sign = "" if not self.charge else f"({abs(self.charge)}{'-' if self.charge < 0 else '+'})"
        return f"{self.count} {self.formula}{sign}"


class Fragments(Check):
    """Check of the fragments. Value: number of finite molecules and polyanions with two or more atoms in the cell.

    Passes if each has a closed-shell valence scheme and a charge that the cations balance; fails if one has no scheme;
    unknown if there are none, if one is too large, or if no charges balance.
    """

    name: ClassVar[str] = "fragments"
    question: ClassVar[str] = "Which molecules and polyanions does it contain, and are their valences possible?"
    unit: ClassVar[str] = ""

    def answer(self, crystal: Crystal) -> Verdict:
        """Removes the metals and searches valence schemes for each remaining molecule."""
        if float(PeriodicPoints(crystal).nearest().min()) <= MIN_DISTANCE:
            return self.verdict(False, reason="atoms on top of each other: no bonds can be assigned")
        molecules = molecules_of(crystal)
        kinds = Counter(m for m in molecules if not m.infinite)
        large = {m: c for m, c in kinds.items() if len(m.elements) > 1}
        networks = sorted({m.formula for m in molecules if m.infinite})
        beside = f"; also infinite networks: {', '.join(networks)}" if networks else ""
        value = float(sum(large.values()))
        if not large:
            return self.verdict(None, value, reason=f"no molecules or polyanions{beside}")
        states = {m: charge_states(m) for m in kinds}
        impossible = [m.formula for m in large if states[m] == ()]
        if impossible:
            reason = f"no possible valences: {', '.join(sorted(impossible))}{beside}"
            return self.verdict(False, value, reason=reason)
        charges = "" if networks else "; charges balance"
        known = {m: s for m, s in states.items() if s}
        chosen = _likeliest(known) if networks else _balanced(known, kinds, crystal)
        passed: bool | None = True
        if len(known) < len(states):
            passed, charges = None, "; some are too large for a valence search"
        elif chosen is None:
            passed, charges = None, "; no charges balance"
        found = _fragments(large, chosen or {})
        return self.verdict(passed, value, reason=", ".join(map(str, found)) + charges + beside)


def fragments_of(crystal: Crystal) -> tuple[Fragment, ...]:
    """The finite molecules and polyanions of a valid crystal, with charges if they balance."""
    molecules = molecules_of(crystal)
    kinds = Counter(m for m in molecules if not m.infinite)
    known = {m: s for m in kinds if (s := charge_states(m))}
    closed = len(known) == len(kinds) and not any(m.infinite for m in molecules)
    chosen = _balanced(known, kinds, crystal) if closed else _likeliest(known)
    return _fragments({m: c for m, c in kinds.items() if len(m.elements) > 1}, chosen or {})


def _fragments(kinds: dict[Molecule, int], chosen: dict[Molecule, ChargeState]) -> tuple[Fragment, ...]:
    found = []
    for molecule, count in kinds.items():
        state = chosen.get(molecule)
        charge, smiles = (None, "") if state is None else (state.charge, state.smiles)
        found.append(Fragment(molecule.formula, count, charge, smiles))
    return tuple(sorted(found, key=lambda f: f.formula))


def _likeliest(states: dict[Molecule, tuple[ChargeState, ...]]) -> dict[Molecule, ChargeState]:
    return {m: s[0] for m, s in states.items()}


def _balanced(
    states: dict[Molecule, tuple[ChargeState, ...]], counts: Counter[Molecule], crystal: Crystal
) -> dict[Molecule, ChargeState] | None:
    """The charges that the cations can balance: by common charges of the cations if possible, then of least strain."""
    usual, possible = (_cation_range(crystal, common=common) for common in (True, False))
    if prod(len(s) for s in states.values()) > MAX_COMBINATIONS:
        states = {m: s[:2] for m, s in states.items()}
    if prod(len(s) for s in states.values()) > MAX_COMBINATIONS:
        return None
    best: tuple[tuple[bool, int], Sequence[ChargeState]] | None = None
    for choice in product(*states.values()):
        needed = -sum(s.charge * counts[m] for m, s in zip(states, choice, strict=True))
        strain = sum(s.strain * counts[m] for m, s in zip(states, choice, strict=True))
        rank = not usual[0] <= needed <= usual[1], strain
        if possible[0] <= needed <= possible[1] and (best is None or rank < best[0]):
            best = rank, choice
    return None if best is None else dict(zip(states, best[1], strict=True))


def _cation_range(crystal: Crystal, *, common: bool) -> tuple[int, int]:
    """Smallest and largest sum of the charges of all cations, the atoms that are no part of a molecule."""
    spans = [_cation_charges(int(z), common=common) for z in crystal.atomic_numbers if int(z) not in NONMETALS]
    return sum(low for low, _ in spans), sum(high for _, high in spans)


@cache
def _cation_charges(atomic_number: int, *, common: bool) -> tuple[int, int]:
    from pymatgen.core import Element

    element = Element.from_Z(atomic_number)
    known = element.common_oxidation_states + (() if common else element.icsd_oxidation_states)
    positive = [int(c) for c in known if c > 0]
    return (min(positive), max(positive)) if positive else (0, 0)
